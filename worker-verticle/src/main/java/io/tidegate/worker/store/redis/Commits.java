package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.redis.Safety.Barrier;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes changes that have to be durable before they are answered. What is asked for while others
 * are under way is put together: one script for many, one barrier for all. So the more is asked
 * for, the less each costs.
 *
 * <p>Used on one context.
 */
final class Commits {
  private static final int MOST_ITEMS = 200;
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_SCRIPTS = 16;
  private static final int MOST_WAITING = 20_000;
  private static final long MOST_WAITING_BYTES = 64L << 20;

  /** With nothing to wait for, the next is written while the one before is at work. */
  private static final int FLIGHTS = 2;

  private record Kind(Script script, String queue) {}

  /** Things of one kind, in one script. */
  private static final class Group {
    final List<Buffer> items = new ArrayList<>();
    final List<Promise<Object>> promises = new ArrayList<>();
  }

  /** A script of its own. */
  private record Single(Kind kind, Buffer about, Promise<Object> promise) {}

  /** A script on its way. */
  private record Part(
      String queue, Future<Tuple> reply, List<Promise<Object>> promises, boolean many) {}

  private final Line line;
  private final Names names;
  private final Hints hints;
  private final Context context;
  private final JobMeters meters;
  private final long patienceMillis;
  private final Map<Kind, Group> groups = new LinkedHashMap<>();
  private final Deque<Single> singles = new ArrayDeque<>();
  private Barrier barrier = Barrier.NONE;
  private int waiting;
  private long waitingBytes;
  private int flights;
  private boolean due;

  Commits(
      Line line, Names names, Hints hints, Context context, JobMeters meters, Duration timeout) {
    this.line = line;
    this.names = names;
    this.hints = hints;
    this.context = context;
    this.meters = meters;
    // The barrier has to give up before the line does: it knows why.
    this.patienceMillis = timeout.toMillis() * 3 / 4;
  }

  void barrier(Barrier newBarrier) {
    barrier = newBarrier;
  }

  /**
   * One of many of its kind.
   *
   * @return what the script says of it
   */
  Future<Object> one(Script script, String queue, Buffer item) {
    if (!room(item.length())) {
      return full();
    }
    Group group = groups.computeIfAbsent(new Kind(script, queue), any -> new Group());
    Promise<Object> promise = Promise.promise();
    group.items.add(item);
    group.promises.add(promise);
    plan();
    return promise.future();
  }

  /** Alone in its script. */
  Future<Object> alone(Script script, String queue, Buffer about) {
    if (!room(about.length())) {
      return full();
    }
    Promise<Object> promise = Promise.promise();
    singles.add(new Single(new Kind(script, queue), about, promise));
    plan();
    return promise.future();
  }

  private boolean room(int bytes) {
    if (waiting >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES) {
      return false;
    }
    waiting++;
    waitingBytes += bytes;
    return true;
  }

  private static <T> Future<T> full() {
    return Future.failedFuture(new StoreUnavailable("redis: too many changes wait", null));
  }

  private void plan() {
    if (!due) {
      due = true;
      context.runOnContext(tick -> fly()); // What else comes in this turn goes with it.
    }
  }

  private void fly() {
    due = false;
    int most = barrier == Barrier.NONE ? FLIGHTS : 1;
    while (flights < most && !(groups.isEmpty() && singles.isEmpty())) {
      takeOff();
    }
  }

  private void takeOff() {
    flights++;
    long started = System.nanoTime();
    List<Part> parts = new ArrayList<>();
    while (!singles.isEmpty() && parts.size() < MOST_SCRIPTS) {
      parts.add(send(singles.poll()));
    }
    for (Iterator<Map.Entry<Kind, Group>> all = groups.entrySet().iterator();
        all.hasNext() && parts.size() < MOST_SCRIPTS; ) {
      Map.Entry<Kind, Group> entry = all.next();
      parts.add(send(entry.getKey(), entry.getValue()));
      if (entry.getValue().items.isEmpty()) {
        all.remove();
      }
    }
    Future.join(parts.stream().map(Part::reply).toList())
        .transform(any -> safe())
        .onComplete(
            safe -> {
              flights--;
              int steps = parts.stream().mapToInt(part -> part.promises.size()).sum();
              meters.committed(steps, System.nanoTime() - started);
              parts.forEach(part -> land(part, safe.cause()));
              plan();
            });
  }

  /** What has been answered is safe. Asked for afterwards, since an answer may need two tries. */
  private Future<Void> safe() {
    if (barrier == Barrier.NONE) {
      return Future.succeededFuture();
    }
    return line.send(barrier.request(patienceMillis))
        .recover(Questions::unavailable)
        .compose(
            answer ->
                barrier.reached(answer)
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new StoreUnavailable(
                            "redis: not durable within " + patienceMillis + " ms", null)));
  }

  private void land(Part part, Throwable unsafe) {
    Throwable failure = part.reply.failed() ? part.reply.cause() : unsafe;
    if (failure != null) {
      part.promises.forEach(promise -> promise.fail(failure));
      return;
    }
    Tuple reply = part.reply.result();
    hints.changed(part.queue, reply.tuple(1));
    if (!part.many) {
      part.promises.get(0).complete(reply.items().get(0));
      return;
    }
    List<Object> results = reply.tuple(0).items();
    for (int i = 0; i < results.size(); i++) {
      part.promises.get(i).complete(results.get(i));
    }
  }

  private Part send(Single single) {
    waiting--;
    waitingBytes -= single.about.length();
    return send(single.kind, single.about, List.of(single.promise), false);
  }

  private Part send(Kind kind, Group group) {
    int count = 0;
    int bytes = 0;
    while (count < Math.min(MOST_ITEMS, group.items.size()) && bytes < MOST_BYTES) {
      bytes += group.items.get(count++).length();
    }
    Pack about = new Pack(bytes + 32).map(1).text("items").array(count);
    List<Buffer> items = group.items.subList(0, count);
    items.forEach(about::packed);
    items.clear();
    List<Promise<Object>> promises = new ArrayList<>(group.promises.subList(0, count));
    group.promises.subList(0, count).clear();
    waiting -= count;
    waitingBytes -= bytes;
    return send(kind, about.buffer(), promises, true);
  }

  private Part send(Kind kind, Buffer about, List<Promise<Object>> promises, boolean many) {
    Future<Tuple> reply = Questions.run(line, names, kind.script, kind.queue, about);
    return new Part(kind.queue, reply, promises, many);
  }
}
