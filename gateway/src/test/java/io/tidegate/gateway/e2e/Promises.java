package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Whether everything that was promised was kept, from three sides: what clients were told, what the
 * upstream was asked to do, and what the gateway says of it in the end.
 */
final class Promises {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<String> OPEN = Set.of("scheduled", "queued", "running", "retrying");

  private final ClientLog clients;
  private final TidegateProcess gateway;
  private final List<Ledger.Execution> executions;
  private final Ledger ledger;

  /** By id; what it is now. */
  private final Map<String, JsonObject> jobs;

  private Promises(ClientLog clients, Ledger ledger, TidegateProcess gateway) {
    this.clients = clients;
    this.gateway = gateway;
    this.ledger = ledger;
    this.jobs = list();
    this.executions = ledger.executions();
  }

  /**
   * What was lived through.
   *
   * @param jobs that there are
   * @param acknowledged requests that were promised to be done
   * @param duplicates executions for which no answer of the upstream and no operator was a reason
   */
  record Account(
      int jobs, int acknowledged, int executions, int duplicates, int poisoned, int scheduled) {}

  /** Waits until all that was accepted is over, as long as it gets on. */
  static void awaitDone(TidegateProcess gateway) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long fewest = Long.MAX_VALUE;
    String open = "/jobs?limit=1&state=" + String.join(",", OPEN);
    JsonArray left = ask(gateway, open).getJsonArray("jobs");
    while (!left.isEmpty()) {
      long now = open(gateway);
      if (now < fewest) {
        fewest = now;
        end = System.nanoTime() + PATIENCE.toNanos();
      }
      assertThat(System.nanoTime())
          .as(now + " are still to be done, one of them " + left.encode())
          .isLessThan(end);
      String id = left.getJsonObject(0).getString("id");
      RawClient.exchange(
          gateway.port(), "GET /jobs/" + id + " HTTP/1.1\r\nHost: a\r\nPrefer: wait=2\r\n\r\n");
      left = ask(gateway, open).getJsonArray("jobs");
    }
  }

  private static long open(TidegateProcess gateway) {
    long sum = 0;
    for (Object queue : ask(gateway, "/queues").getJsonArray("queues")) {
      JsonObject depth = ((JsonObject) queue).getJsonObject("depth");
      sum += OPEN.stream().mapToLong(depth::getLong).sum();
    }
    return sum;
  }

  /** What the gateway says of a job. */
  static JsonObject job(TidegateProcess gateway, String id) {
    return ask(gateway, "/jobs/" + id);
  }

  /** Waits until all who wanted that were told of the end. */
  static void awaitTold(ClientLog clients, Ledger ledger, TidegateProcess gateway) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!new Promises(clients, ledger, gateway).untold().isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(100_000_000);
    }
    awaitDone(gateway);
  }

  /**
   * Holds all invariants against what happened. Nothing is being done any more.
   *
   * @param kills of processes that ran jobs
   * @param concurrency jobs that each of those may have been running
   */
  static Account check(
      ClientLog clients, Ledger ledger, TidegateProcess gateway, int kills, int concurrency) {
    var promises = new Promises(clients, ledger, gateway);
    assertThat(clients.failures()).as("clients that gave up").isEmpty();
    promises.nothingIsLost();
    promises.nothingIsMadeUp();
    promises.whatIsOverIsOver();
    promises.eachEndIsToldTheSame();
    int duplicates = promises.duplicates();
    assertThat(duplicates)
        .as("executions beyond the first")
        .isLessThanOrEqualTo(kills * concurrency);
    promises.oneKeyIsOneJob();
    promises.countsAreThoseOfTheJobs();
    return new Account(
        promises.jobs.size(),
        clients.acknowledged().size(),
        promises.executions.size(),
        duplicates,
        promises.poisoned(),
        promises.of("clock"));
  }

  private static JsonObject ask(TidegateProcess gateway, String path) {
    RawClient.Response answer = gateway.admin("GET", path);
    assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
    return new JsonObject(answer.text());
  }

  private Map<String, JsonObject> list() {
    Map<String, JsonObject> all = new HashMap<>();
    String next = "/jobs?limit=500";
    while (next != null) {
      JsonObject page = ask(gateway, next);
      page.getJsonArray("jobs").stream()
          .map(JsonObject.class::cast)
          .forEach(job -> all.put(job.getString("id"), job));
      next = page.containsKey("next") ? "/jobs?limit=500&cursor=" + page.getString("next") : null;
    }
    return all;
  }

  /** I1. */
  private void nothingIsLost() {
    Map<String, String> lost = new TreeMap<>();
    clients
        .acknowledged()
        .forEach(
            (target, id) -> {
              JsonObject job = jobs.get(id);
              boolean forgotten = job == null && target.startsWith(JobsConfig.BRIEF);
              boolean done = job != null && ClientLog.terminal(job.getString("state"));
              if (!done && !forgotten) {
                lost.put(target + " " + id, job == null ? "unknown" : job.encode());
              }
            });
    assertThat(lost).as("accepted, and not done").isEmpty();
  }

  /** I2. */
  private void nothingIsMadeUp() {
    Set<String> ghosts = new HashSet<>();
    for (Ledger.Execution one : executions) {
      boolean asked =
          clients.submitted().contains(one.target()) || one.target().equals(JobsConfig.TICK);
      boolean known =
          jobs.containsKey(one.job())
              || one.target().startsWith(JobsConfig.BRIEF)
              || clients.waiting().contains(one.target());
      if (!asked || !known) {
        ghosts.add(one.target() + " " + one.job());
      }
    }
    assertThat(ghosts).as("executed, and never asked for").isEmpty();
    int ours = jobs.size() - of("callbacks") - of("clock");
    assertThat(ours).as("jobs").isLessThanOrEqualTo(clients.submitted().size());
  }

  private int of(String queue) {
    return (int) jobs.values().stream().filter(job -> job.getString("queue").equals(queue)).count();
  }

  /** I3: whoever saw an end sees the same one now, and nobody saw time go backwards. */
  private void whatIsOverIsOver() {
    for (ClientLog.Witness witness : clients.witnesses()) {
      jobs.values().forEach(witness::looksBack);
    }
    assertThat(clients.contradictions()).as("contradictions").isEmpty();
  }

  /** I3: an end may be told more than once, but it is one end. */
  private void eachEndIsToldTheSame() {
    assertThat(untold()).as("ends, and what was told of them").isEmpty();
    statesTold().forEach((id, said) -> assertThat(said).as(id).hasSize(1));
  }

  /** Jobs whose end was told to nobody, or wrongly. */
  private Map<String, Set<String>> untold() {
    Map<String, Set<String>> states = statesTold();
    Map<String, Set<String>> wrong = new TreeMap<>();
    for (String target : clients.told()) {
      JsonObject job = jobs.get(clients.acknowledged().getOrDefault(target, "none"));
      if (job != null) {
        String end = "callback_" + job.getString("id") + "_" + job.getInteger("generation");
        Set<String> said = states.getOrDefault(end, Set.of());
        if (!said.equals(Set.of(job.getString("state")))) {
          wrong.put(target + " " + job.encode(), said);
        }
      }
    }
    return wrong;
  }

  private Map<String, Set<String>> statesTold() {
    Map<String, Set<String>> states = new HashMap<>();
    for (Ledger.Told one : ledger.told()) {
      states.computeIfAbsent(one.id(), id -> new HashSet<>()).add(one.state());
    }
    return states;
  }

  /** I4: what no kill explains must not be; the sum is returned. */
  private int duplicates() {
    Map<String, Integer> perRun = new HashMap<>();
    Map<String, Integer> perLife = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Ledger.Execution one : executions) {
      String run = one.job() + " " + one.attempt();
      perRun.merge(run, 1, Integer::sum);
      int times = perLife.merge(run + " " + one.life(), 1, Integer::sum);
      if (times > reasons(one)) {
        wrong.add(one + " for the " + times + ". time: " + jobs.get(one.job()));
      }
    }
    assertThat(wrong).as("executed again by a process that lived").isEmpty();
    int sum = 0;
    for (Ledger.Execution one : executions) {
      Integer times = perRun.remove(one.job() + " " + one.attempt());
      sum += times == null ? 0 : Math.max(0, times - reasons(one));
    }
    return sum;
  }

  /** How often one attempt may be made though nothing was killed. */
  private int reasons(Ledger.Execution one) {
    int deferrals = one.target().contains("/busy/") ? 1 : 0;
    JsonObject job = jobs.get(one.job());
    return 1 + deferrals + (job == null ? 0 : job.getInteger("generation"));
  }

  /** I5. */
  private void oneKeyIsOneJob() {
    Map<String, Set<String>> byTarget =
        executions.stream()
            .collect(
                Collectors.groupingBy(
                    Ledger.Execution::target,
                    Collectors.mapping(Ledger.Execution::job, Collectors.toSet())));
    byTarget.remove(JobsConfig.TICK);
    byTarget.values().removeIf(ids -> ids.size() == 1);
    assertThat(byTarget).as("requests that became more than one job").isEmpty();
    clients
        .keys()
        .keySet()
        .forEach(target -> assertThat(clients.acknowledged()).containsKey(target));
  }

  /** I6. What is forgotten, or due, right now is counted again. */
  private void countsAreThoseOfTheJobs() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Map<String, Long> scanned = scanned();
    Map<String, Long> counted = counted();
    while (!counted.equals(scanned) && System.nanoTime() < end) {
      scanned = scanned();
      counted = counted();
    }
    assertThat(counted).as("counts of the queues").isEqualTo(scanned);
    while (!measured(scanned).equals(scanned) && System.nanoTime() < end) {
      scanned = scanned();
    }
    assertThat(measured(scanned)).as("gauges of the queues").isEqualTo(scanned);
  }

  private Map<String, Long> scanned() {
    return list().values().stream()
        .collect(
            Collectors.groupingBy(
                job -> job.getString("queue") + " " + job.getString("state"),
                TreeMap::new,
                Collectors.counting()));
  }

  private Map<String, Long> counted() {
    Map<String, Long> counted = new TreeMap<>();
    for (Object each : ask(gateway, "/queues").getJsonArray("queues")) {
      JsonObject queue = (JsonObject) each;
      JsonObject depth = queue.getJsonObject("depth");
      depth.fieldNames().stream()
          .filter(state -> depth.getLong(state) != 0)
          .forEach(
              state -> counted.put(queue.getString("queue") + " " + state, depth.getLong(state)));
    }
    return counted;
  }

  private Map<String, Long> measured(Map<String, Long> names) {
    Map<String, Long> measured = new TreeMap<>();
    for (String name : names.keySet()) {
      String[] words = name.split(" ");
      double value =
          gateway.metric(
              "tidegate_job_depth", "queue=\"" + words[0] + '"', "state=\"" + words[1] + '"');
      measured.put(name, (long) value);
    }
    return measured;
  }

  private int poisoned() {
    return (int)
        jobs.values().stream()
            .filter(
                job ->
                    job.getJsonObject("last_error", new JsonObject()).encode().contains("poison"))
            .count();
  }
}
