package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.ScheduleOptions.Misfire;
import io.tidegate.worker.api.ScheduleOptions.Overlap;
import io.tidegate.worker.api.ScheduleStatus;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs by the clock, on a clock that goes when it is told to, in steps from the full hour. */
@Timeout(60)
class SchedulesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Only schedules go by it: leases and deadlines have their own time, which goes on. */
  private static final class Clock implements InstantSource {
    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);

    @Override
    public Instant instant() {
      return now;
    }

    void forward(Duration by) {
      now = now.plus(by);
    }
  }

  @TempDir Path folder;
  private final Clock clock = new Clock();
  private final BlockingQueue<Promise<Outcome>> started = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Jobs jobs;
  private WorkerVerticle worker;
  private boolean hold;

  @BeforeEach
  void node() {
    vertx = Vertx.vertx();
    jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, this::work));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private Future<Outcome> work(Run run) {
    Promise<Outcome> end = Promise.promise();
    started.add(end);
    if (!hold) {
      end.complete(new Outcome.Succeeded(JobResult.EMPTY));
    }
    return end.future();
  }

  private static ScheduleOptions hourly(Misfire misfire, Overlap overlap) {
    return at("0 * * * *", misfire, overlap);
  }

  private static ScheduleOptions at(String cron, Misfire misfire, Overlap overlap) {
    return new ScheduleOptions(
        "tick",
        new CronPlan(cron),
        ZoneId.of("UTC"),
        misfire,
        overlap,
        JobRequest.of("q", "r", new JobCall("POST", "/tick", JobHeaders.NONE, Buffer.buffer())));
  }

  private JobsOptions terms(ScheduleOptions... schedules) {
    return new JobsOptions(
        new StoreOptions.Embedded(folder, 0),
        Map.of("q", QueueOptions.DEFAULTS.withSchedules(List.of(schedules))),
        JobsOptions.LEASE,
        Duration.ZERO);
  }

  private void start(ScheduleOptions... schedules) {
    worker =
        new WorkerVerticle(
            terms(schedules),
            JobMeters.NONE,
            Events.NONE,
            made -> new SqliteStore(made, new StoreOptions.Embedded(folder, 0), JobMeters.NONE),
            clock);
    await(vertx.deployVerticle(worker));
  }

  /** Ends this node, lets time pass, and starts another. */
  private void restart(Duration later, ScheduleOptions... schedules) {
    await(vertx.close());
    clock.forward(later);
    node();
    start(schedules);
  }

  private ScheduleStatus schedule() {
    return await(jobs.schedules()).get(0);
  }

  /** Waits until all times up to the clock's are seen to. */
  private void seenTo(Instant slot) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!schedule().last().filter(last -> !last.isBefore(slot)).isPresent()) {
      assertThat(System.nanoTime()).as("%s is seen to", slot).isLessThan(end);
    }
  }

  private List<JobStatus> all() {
    return await(jobs.list(JobFilter.ALL, Optional.empty(), 1000)).jobs();
  }

  @Test
  void eachTimeMakesOneJobAlsoOverRestarts() {
    ScheduleOptions hourly = hourly(Misfire.LATEST, Overlap.ALLOW);
    start(hourly);
    seenTo(clock.instant());
    for (int i = 1; i <= 3; i++) {
      clock.forward(HOUR);
      seenTo(clock.instant());
      assertThat(all()).hasSize(i);
      restart(Duration.ZERO, hourly);
    }
    assertThat(all()).hasSize(3);
  }

  @Test
  void theFirstTimeIsMadeUpForWhenTheNodeWasDownThen() {
    ScheduleOptions hourly = hourly(Misfire.LATEST, Overlap.ALLOW);
    start(hourly);
    seenTo(clock.instant());

    restart(HOUR.plusMinutes(5), hourly);

    seenTo(clock.instant().minus(Duration.ofMinutes(5)));
    assertThat(all()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void ofTheTimesThatWereMissedTheLatestAreMadeUpFor(int runs) {
    ScheduleOptions hourly = hourly(new Misfire(runs), Overlap.ALLOW);
    start(hourly);
    seenTo(clock.instant());

    restart(HOUR.multipliedBy(5).plusMinutes(1), hourly);
    if (runs > 0) {
      seenTo(clock.instant().minus(Duration.ofMinutes(1)));
    }
    clock.forward(Duration.ofMinutes(59));
    seenTo(clock.instant());

    assertThat(all()).as("those, and the one on time").hasSize(runs + 1);
  }

  @Test
  void aScheduleThatIsNewOrHasOtherTimesMakesUpForNone() {
    start();
    clock.forward(HOUR.multipliedBy(10).plusMinutes(30));

    await(worker.configure(terms(hourly(new Misfire(5), Overlap.ALLOW))));
    seenTo(clock.instant());
    assertThat(all()).isEmpty();

    await(worker.configure(terms(at("*/10 * * * *", new Misfire(5), Overlap.ALLOW))));
    clock.forward(Duration.ofMinutes(10));
    seenTo(clock.instant());
    assertThat(all()).hasSize(1);
  }

  @Test
  void aScheduleWhoseRequestChangesLosesNoTimeAndMakesNoneTwice() {
    start(hourly(Misfire.LATEST, Overlap.ALLOW));
    seenTo(clock.instant());
    for (Overlap overlap : Overlap.values()) {
      clock.forward(HOUR);
      await(worker.configure(terms(hourly(Misfire.LATEST, overlap))));
      seenTo(clock.instant());
    }
    assertThat(all()).hasSize(Overlap.values().length);
  }

  @Test
  void anOperatorsScheduleBeginsWhenItIsPutAndGoesOnWhenItIsPutAgain() {
    start();
    clock.forward(HOUR.multipliedBy(10));
    await(jobs.putSchedule(hourly(new Misfire(5), Overlap.ALLOW)));
    assertThat(all()).isEmpty();

    clock.forward(HOUR);
    await(jobs.putSchedule(hourly(new Misfire(5), Overlap.SKIP)));
    seenTo(clock.instant());

    assertThat(all()).hasSize(1);
  }

  @Test
  void aTimeWhoseJobBeforeStillRunsIsLeftOutWhereItIsSaidSo() throws Exception {
    hold = true;
    start(hourly(new Misfire(5), Overlap.SKIP));
    seenTo(clock.instant());
    clock.forward(HOUR);
    Promise<Outcome> running = started.poll(10, TimeUnit.SECONDS);
    assertThat(running).isNotNull();

    clock.forward(HOUR.multipliedBy(3));
    seenTo(clock.instant());
    assertThat(all()).hasSize(1);

    running.complete(new Outcome.Succeeded(JobResult.EMPTY));
    while (!all().get(0).state().terminal()) {
      assertThat(all()).hasSize(1);
    }
    clock.forward(HOUR.multipliedBy(3));
    assertThat(started.poll(10, TimeUnit.SECONDS)).isNotNull();
    seenTo(clock.instant());
    assertThat(all()).as("of three that are made up for, the first still runs").hasSize(2);
  }

  @Test
  void aTimeWaitsForItsJobBeforeWhereItIsSaidSo() throws Exception {
    hold = true;
    start(hourly(Misfire.LATEST, Overlap.QUEUE));
    seenTo(clock.instant());
    clock.forward(HOUR);
    Promise<Outcome> first = started.poll(10, TimeUnit.SECONDS);
    clock.forward(HOUR);
    seenTo(clock.instant());
    assertThat(all()).hasSize(2);
    assertThat(started).isEmpty();

    first.complete(new Outcome.Succeeded(JobResult.EMPTY));

    assertThat(started.poll(10, TimeUnit.SECONDS)).isNotNull();
  }
}
