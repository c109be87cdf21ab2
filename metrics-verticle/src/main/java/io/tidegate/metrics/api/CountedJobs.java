package io.tidegate.metrics.api;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/** Jobs, as counters, gauges and histograms. */
final class CountedJobs implements JobMeters {
  private final Meters meters;
  private final Meters.Timing commit;
  private final Counter steps;
  private final AtomicLong lastBatch = new AtomicLong();
  private final Counter stale;
  private final Counter restarted;
  private final Counter expired;

  CountedJobs(Meters meters) {
    this.meters = meters;
    commit =
        meters.timing(
            "tidegate_job_store_commit_seconds", "Time of one commit of the store of jobs.");
    steps =
        meters.counter(
            "tidegate_job_store_steps",
            "Steps of the store of jobs; by commits, how many share one.");
    meters.gauge(
        "tidegate_job_store_batch_size", "Steps that shared the last commit.", lastBatch::get);
    stale =
        meters.counter(
            "tidegate_job_stale_completions", "Ends of runs whose lease was lost: not written.");
    expired =
        meters.counter("tidegate_job_leases_expired", "Leases that ran out: their jobs run again.");
    restarted =
        meters.counter(
            "tidegate_job_consumer_restarts",
            "Times that a consumer stood still and was restarted.");
  }

  @Override
  public QueueMeters queue(String name) {
    return new Queue(meters, name);
  }

  @Override
  public void committed(int count, long nanos) {
    steps.add(count);
    lastBatch.set(count);
    commit.record(nanos, TraceContext.NONE);
  }

  @Override
  public void stale() {
    stale.increment();
  }

  @Override
  public void walBytes(DoubleSupplier bytes) {
    meters.gauge("tidegate_job_store_wal_bytes", "Size of the store's write-ahead log.", bytes);
  }

  @Override
  public void diskFree(DoubleSupplier bytes) {
    meters.gauge("tidegate_job_store_disk_free_bytes", "Room on the store's disk.", bytes);
  }

  @Override
  public void idle(DoubleSupplier seconds) {
    meters.gauge(
        "tidegate_job_dispatch_idle_seconds",
        "Time without taking a job although one is ready and there is room.",
        seconds);
  }

  @Override
  public void leaseExpired(int jobs) {
    expired.add(jobs);
  }

  @Override
  public void restarted() {
    restarted.increment();
  }

  /** One queue. */
  private static final class Queue implements QueueMeters {
    private final Meters meters;
    private final String name;
    private final Counter enqueued;
    private final Counter promoted;
    private final Counter requeued;
    private final Meters.Timing waited;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Meters.Timing> runs = new ConcurrentHashMap<>();

    Queue(Meters meters, String name) {
      this.meters = meters;
      this.name = name;
      enqueued = meters.counter("tidegate_jobs_enqueued", "Jobs accepted.", "queue", name);
      promoted =
          meters.counter(
              "tidegate_jobs_promoted", "Calls under way that became jobs.", "queue", name);
      requeued =
          meters.counter("tidegate_jobs_requeued", "Jobs put back by operators.", "queue", name);
      waited =
          meters.timing(
              "tidegate_job_wait_seconds",
              "From when a job was ready to its start.",
              "queue",
              name);
    }

    /** Labels are few and fixed: each combination is looked up once. */
    private Counter counter(String meter, String help, String label, String value) {
      return counters.computeIfAbsent(
          meter + ' ' + value, any -> meters.counter(meter, help, "queue", name, label, value));
    }

    @Override
    public void enqueued() {
      enqueued.increment();
    }

    @Override
    public void promoted() {
      promoted.increment();
    }

    @Override
    public void refused(String reason) {
      counter("tidegate_jobs_refused", "Jobs not accepted.", "reason", reason).increment();
    }

    @Override
    public void finished(String state) {
      counter("tidegate_jobs_finished", "Jobs that are over.", "state", state).increment();
    }

    @Override
    public void ran(String outcome, long waitNanos, long runNanos, TraceContext trace) {
      waited.record(waitNanos, trace);
      runs.computeIfAbsent(
              outcome,
              any ->
                  meters.timing(
                      "tidegate_job_run_seconds",
                      "From the start of a run to its end.",
                      "queue",
                      name,
                      "outcome",
                      outcome))
          .record(runNanos, trace);
    }

    @Override
    public void dead(String reason) {
      counter("tidegate_jobs_dead", "Jobs that an operator has to look at.", "reason", reason)
          .increment();
    }

    @Override
    public void requeued(int jobs) {
      requeued.add(jobs);
    }

    @Override
    public void depth(String state, DoubleSupplier jobs) {
      meters.gauge("tidegate_job_depth", "Jobs by state.", jobs, "queue", name, "state", state);
    }

    @Override
    public void oldestReady(DoubleSupplier seconds) {
      meters.gauge(
          "tidegate_job_oldest_ready_age_seconds",
          "For how long the oldest ready job has been waiting.",
          seconds,
          "queue",
          name);
    }
  }
}
