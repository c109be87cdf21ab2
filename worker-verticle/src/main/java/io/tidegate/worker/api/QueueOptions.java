package io.tidegate.worker.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A queue of jobs.
 *
 * @param concurrency jobs of it that run at once on a node, 1 to 10000
 * @param rate at which jobs are started; empty: as fast as they end
 * @param timeout of one run, 1 ms to 1 h; beyond, it is aborted and counts as failed
 * @param deadline after which a job is not started any more, counted from acceptance
 * @param aging a waiting job rises by one priority in this time, so that none waits for ever
 * @param handler bus address that does the work
 * @param schedules what is put into it by the clock
 */
public record QueueOptions(
    int concurrency,
    Optional<RatePlan> rate,
    Duration timeout,
    Duration deadline,
    Duration aging,
    RetryPlan retry,
    AdmissionPlan admission,
    KeepPlan keep,
    BatchPlan batch,
    String handler,
    List<ScheduleOptions> schedules) {
  /** Where HTTP jobs are done. */
  public static final String PERFORM = "jobs.perform";

  public static final QueueOptions DEFAULTS =
      new QueueOptions(
          16,
          Optional.empty(),
          Duration.ofSeconds(60),
          Duration.ofHours(24),
          Duration.ofMinutes(1),
          RetryPlan.DEFAULTS,
          AdmissionPlan.DEFAULTS,
          KeepPlan.DEFAULTS,
          BatchPlan.NONE,
          PERFORM,
          List.of());

  public QueueOptions {
    schedules = List.copyOf(schedules);
    if (concurrency < 1 || concurrency > 10_000) {
      throw new IllegalArgumentException("concurrency: " + concurrency + " (expected: 1 to 10000)");
    }
    between("timeout", timeout, Duration.ofMillis(1), Duration.ofHours(1));
    between("deadline", deadline, Duration.ofSeconds(1), Duration.ofDays(365));
    between("aging", aging, Duration.ofSeconds(1), Duration.ofDays(1));
    if (handler.isBlank()) {
      throw new IllegalArgumentException("handler: nothing (expected: a bus address)");
    }
    if (schedules.stream().map(ScheduleOptions::name).distinct().count() < schedules.size()) {
      throw new IllegalArgumentException("schedule: two of one name (expected: different names)");
    }
  }

  private static void between(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  public QueueOptions withConcurrency(int jobs) {
    return new QueueOptions(
        jobs, rate, timeout, deadline, aging, retry, admission, keep, batch, handler, schedules);
  }

  public QueueOptions withRate(RatePlan plan) {
    return new QueueOptions(
        concurrency,
        Optional.of(plan),
        timeout,
        deadline,
        aging,
        retry,
        admission,
        keep,
        batch,
        handler,
        schedules);
  }

  public QueueOptions withTimeout(Duration ofOneRun) {
    return new QueueOptions(
        concurrency,
        rate,
        ofOneRun,
        deadline,
        aging,
        retry,
        admission,
        keep,
        batch,
        handler,
        schedules);
  }

  public QueueOptions withRetry(RetryPlan plan) {
    return new QueueOptions(
        concurrency,
        rate,
        timeout,
        deadline,
        aging,
        plan,
        admission,
        keep,
        batch,
        handler,
        schedules);
  }

  public QueueOptions withAdmission(AdmissionPlan plan) {
    return new QueueOptions(
        concurrency, rate, timeout, deadline, aging, retry, plan, keep, batch, handler, schedules);
  }

  public QueueOptions withKeep(KeepPlan plan) {
    return new QueueOptions(
        concurrency,
        rate,
        timeout,
        deadline,
        aging,
        retry,
        admission,
        plan,
        batch,
        handler,
        schedules);
  }

  public QueueOptions withBatch(BatchPlan plan) {
    return new QueueOptions(
        concurrency,
        rate,
        timeout,
        deadline,
        aging,
        retry,
        admission,
        keep,
        plan,
        handler,
        schedules);
  }

  public QueueOptions withHandler(String address) {
    return new QueueOptions(
        concurrency,
        rate,
        timeout,
        deadline,
        aging,
        retry,
        admission,
        keep,
        batch,
        address,
        schedules);
  }

  public QueueOptions withSchedules(List<ScheduleOptions> all) {
    return new QueueOptions(
        concurrency, rate, timeout, deadline, aging, retry, admission, keep, batch, handler, all);
  }
}
