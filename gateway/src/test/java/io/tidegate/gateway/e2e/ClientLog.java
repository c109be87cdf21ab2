package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What clients asked for and what they were told. Safe for all their threads. */
final class ClientLog {
  private static final long LOOK_MILLIS = 50;

  private static final Set<String> TERMINAL =
      Set.of("succeeded", "failed", "dead", "canceled", "expired");

  private final Set<String> submitted = ConcurrentHashMap.newKeySet();
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, String> keys = new ConcurrentHashMap<>();
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
  private final List<Witness> witnesses = new ArrayList<>();
  private final Semaphore acknowledgements = new Semaphore(0);

  static boolean terminal(String state) {
    return TERMINAL.contains(state);
  }

  /** Before it is sent for the first time. */
  void submits(String target) {
    submitted.add(target);
  }

  /** Before it is sent for the first time, with a key. */
  void submits(String target, String key) {
    keys.put(target, key);
    submitted.add(target);
  }

  /** Whoever sent it wants to be called back. */
  void wantsToBeTold(String target) {
    told.add(target);
  }

  /**
   * Submits one, which has to be accepted.
   *
   * @return its job
   */
  String submit(TidegateProcess gateway, String target) {
    submits(target);
    RawClient.Response answer = post(gateway, target);
    assertThat(answer.status()).as(target + ": " + answer.text()).isEqualTo(202);
    String job = new JsonObject(answer.text()).getString("id");
    acknowledged(target, job);
    return job;
  }

  /** Asks for a job, and writes nothing down. */
  static RawClient.Response post(TidegateProcess gateway, String target) {
    return RawClient.exchange(
        gateway.port(),
        "POST " + target + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
  }

  /** Whoever sent it would rather wait for the answer: there may never be a job. */
  void waitsFor(String target) {
    waiting.add(target);
  }

  /** Targets whose answer may have come at once. */
  Set<String> waiting() {
    return waiting;
  }

  /** It was promised; a second promise has to be the same. */
  void acknowledged(String target, String job) {
    String before = acknowledged.putIfAbsent(target, job);
    if (before != null && !before.equals(job)) {
      contradictions.add(target + " is job " + job + " now, and was " + before);
    }
    acknowledgements.release();
  }

  void refused(String why) {
    refusals.merge(why, 1, Integer::sum);
  }

  void failed(Throwable failure) {
    failures.add(failure);
  }

  Set<String> submitted() {
    return submitted;
  }

  /** Jobs by target. */
  Map<String, String> acknowledged() {
    return acknowledged;
  }

  /** Keys by target. */
  Map<String, String> keys() {
    return keys;
  }

  /** Targets whose end is to be told. */
  Set<String> told() {
    return told;
  }

  /** What kept requests from becoming jobs, and how often. */
  Map<String, Integer> refusals() {
    return refusals;
  }

  Queue<Throwable> failures() {
    return failures;
  }

  Queue<String> contradictions() {
    return contradictions;
  }

  /** Waits for {@code count} more. */
  void awaitAcknowledged(int count, Duration limit) throws InterruptedException {
    awaitAcknowledged(count, limit, () -> false);
  }

  /**
   * Waits for {@code count} more.
   *
   * @param inVain says that there will be no more, which is fine
   */
  void awaitAcknowledged(int count, Duration limit, BooleanSupplier inVain)
      throws InterruptedException {
    acknowledgements.drainPermits();
    long end = System.nanoTime() + limit.toNanos();
    int more = 0;
    while (more < count && !inVain.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(more + " of " + count + " acknowledged; failures: " + failures + ", " + refusals)
          .isLessThan(end);
      more += acknowledgements.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS) ? 1 : 0;
    }
  }

  /** Somebody who looks at jobs, one look after the other. */
  synchronized Witness witness() {
    var witness = new Witness();
    witnesses.add(witness);
    return witness;
  }

  synchronized List<Witness> witnesses() {
    return List.copyOf(witnesses);
  }

  /** What somebody saw last of each job: what he sees next must not be older. */
  final class Witness {
    private final Map<String, JsonObject> last = new HashMap<>();

    /** A status document, of a look that began after the one before had ended. */
    synchronized void sees(JsonObject job) {
      JsonObject before = last.put(job.getString("id"), job);
      if (before != null && !follows(before, job)) {
        contradictions.add(before.encode() + " was seen before " + job.encode());
      }
    }

    /** What a job is in the end, if it was seen at all. */
    synchronized void looksBack(JsonObject job) {
      if (last.containsKey(job.getString("id"))) {
        sees(job);
      }
    }

    private static boolean follows(JsonObject before, JsonObject after) {
      int past = before.getInteger("generation");
      int now = after.getInteger("generation");
      boolean over = now == past && terminal(before.getString("state"));
      return now >= past
          && after.getLong("version") >= before.getLong("version")
          && (!over || after.getString("state").equals(before.getString("state")));
    }
  }
}
