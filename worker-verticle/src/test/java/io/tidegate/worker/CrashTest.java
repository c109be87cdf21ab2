package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.sqlite.Failpoints.Place;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that die while they take and do jobs. What they promised before has to be done by those
 * that come after; who counts is this process, from the lines that they wrote.
 */
class CrashTest {
  @TempDir Path folder;
  private final Set<String> asked = new HashSet<>();
  private final Set<String> acknowledged = new HashSet<>();
  private final Map<String, Integer> runs = new HashMap<>();
  private int kills;

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(CrashingNode.class.getName());
    command.add(folder.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /**
   * Notes what a process says until it is dead.
   *
   * @param after kills it after so many lines; it kills itself if that is never reached
   */
  private void watch(Process process, int after) throws Exception {
    int lines = 0;
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        note(line);
        if (++lines == after) {
          process.toHandle().destroyForcibly(); // The process itself would close what it said, too.
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    kills++;
  }

  private void note(String line) {
    String[] words = line.split(" ", 2);
    if (words.length == 2 && JobId.parse(words[1]).isPresent()) {
      switch (words[0]) {
        case "ask" -> asked.add(words[1]);
        case "ack" -> acknowledged.add(words[1]);
        case "run" -> runs.merge(words[1], 1, Integer::sum);
        default -> throw new AssertionError(line);
      }
    }
  }

  @Test
  void whatWasPromisedIsDoneWhereverTheProcessDies() throws Exception {
    for (Place place :
        List.of(Place.BATCH_OPEN, Place.STEP_DONE, Place.BEFORE_COMMIT, Place.AFTER_COMMIT)) {
      watch(start(place.name(), "150"), Integer.MAX_VALUE);
    }
    watch(start(), 400);
    drainAndCheck();
  }

  @Test
  void aSecondProcessIsRefusedWhileTheFirstLives() throws Exception {
    Process first = start();
    try (BufferedReader said = first.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("ready");
      Process second = start();
      try (BufferedReader refused = second.inputReader(StandardCharsets.UTF_8)) {
        assertThat(refused.readLine()).contains("refused", "is in use");
      }
      assertThat(second.waitFor()).isEqualTo(1);
    } finally {
      first.destroyForcibly().waitFor();
    }
  }

  @Test
  @Tag("crash")
  void longForm() throws Exception {
    for (int round = 0; round < 20; round++) {
      for (Place place : Place.values()) {
        if (place != Place.BEFORE_VACUUM) { // Needs a large file that was emptied.
          int passes =
              place.name().contains("CHECKPOINT") || place == Place.RECOVERED ? 0 : round * 37;
          watch(start(place.name(), String.valueOf(passes)), 20_000);
        }
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      watch(start(), 1 + random.nextInt(3000));
    }
    drainAndCheck();
  }

  private void drainAndCheck() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Map<String, JobStatus> all = drain(vertx);
      // Nothing lost, no ghosts, one end each.
      assertThat(acknowledged).isNotEmpty();
      assertThat(beyond(acknowledged, all.keySet())).as("lost").isEmpty();
      assertThat(beyond(all.keySet(), asked)).as("never asked for").isEmpty();
      assertThat(beyond(runs.keySet(), asked)).as("run, and never asked for").isEmpty();
      assertThat(all.values()).allMatch(job -> job.state() == JobState.SUCCEEDED);
      assertThat(all.values()).allMatch(job -> job.counters().attempts() == 0);
      // What ran twice was running when somebody was killed.
      int twice = runs.values().stream().mapToInt(times -> times - 1).sum();
      assertThat(twice).isLessThanOrEqualTo(kills * CrashingNode.CONCURRENCY);
      all.forEach(
          (id, job) ->
              assertThat(runs.getOrDefault(id, 0))
                  .isLessThanOrEqualTo(1 + job.counters().crashes()));
    } finally {
      await(vertx.close());
    }
  }

  /** Quick with the hundreds of thousands of the long form. */
  private static Set<String> beyond(Set<String> some, Set<String> known) {
    Set<String> rest = new HashSet<>(some);
    rest.removeAll(known);
    return rest;
  }

  /** Does what is left, and gives all jobs, by id. */
  private Map<String, JobStatus> drain(Vertx vertx) {
    await(
        WorkerBus.perform(
            vertx,
            QueueOptions.PERFORM,
            run -> {
              note("run " + run.delivery().id());
              return Future.succeededFuture(
                  new Outcome.Succeeded(new JobResult(200, JobHeaders.NONE, Buffer.buffer())));
            }));
    JobsOptions options =
        new JobsOptions(new StoreOptions.Embedded(folder, 0), Map.of("q", QueueOptions.DEFAULTS));
    await(vertx.deployVerticle(new WorkerVerticle(options, JobMeters.NONE, Events.NONE)));
    Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    JobFilter open = JobFilter.ALL.withQueue("q").withStates(JobState.QUEUED, JobState.RUNNING);
    for (JobPage page = await(jobs.list(open, Optional.empty(), 1));
        !page.jobs().isEmpty();
        page = await(jobs.list(open, Optional.empty(), 1))) {
      JobStatus one = page.jobs().get(0);
      await(jobs.get(one.id(), one.version(), java.time.Duration.ofSeconds(10)));
    }
    Map<String, JobStatus> all = new HashMap<>();
    Optional<JobId> after = Optional.empty();
    do {
      JobPage page = list(jobs, JobFilter.ALL, after);
      page.jobs().forEach(job -> all.put(job.id().toString(), job));
      after = page.next();
    } while (after.isPresent());
    // The counts that are kept are those of the rows.
    QueueStatus queue =
        await(jobs.queues()).stream().filter(q -> q.queue().equals("q")).findAny().orElseThrow();
    assertThat(queue.count(JobState.SUCCEEDED)).isEqualTo(all.size());
    assertThat(queue.count(JobState.QUEUED) + queue.count(JobState.RUNNING)).isZero();
    return all;
  }

  private static JobPage list(Jobs jobs, JobFilter filter, Optional<JobId> after) {
    return await(jobs.list(filter, after, JobPage.MAX_SIZE));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
