package io.tidegate.worker.store;

import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobTerms;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Values for tests of stores. */
public final class Stored {
  public static final Duration LEASE = Duration.ofSeconds(30);
  public static final Duration KEEP = Duration.ofHours(24);
  public static final Duration DEADLINE = Duration.ofHours(24);
  public static final Duration AGING = Duration.ofMinutes(1);
  public static final JobResult RESULT =
      new JobResult(200, new JobHeaders(List.of("X-A", "1")), Buffer.buffer("done"));
  public static final JobError ERROR = new JobError("status", 500, "the answer was 500");

  private Stored() {}

  public static JobRequest request(String queue) {
    return JobRequest.of(
        queue,
        "orders",
        new JobCall(
            "POST", "/x?y=1", new JobHeaders(List.of("A", "b")), Buffer.buffer("body of it")));
  }

  public static JobRequest request(String queue, UnaryOperator<JobTerms> terms) {
    return request(queue).withTerms(terms.apply(JobTerms.DEFAULT));
  }

  public static NewJob job(JobRequest request, Instant now) {
    return job(request, now, AdmissionPlan.DEFAULTS);
  }

  public static NewJob job(JobRequest request, Instant now, AdmissionPlan limits) {
    return new NewJob(
        request,
        request.terms().runAt(),
        request.terms().deadline().orElse(now.plus(DEADLINE)),
        3,
        AGING,
        limits,
        Optional.empty());
  }

  public static NewJob running(JobRequest request, Instant now) {
    return job(request, now, new NewJob.Grant("w", LEASE, false));
  }

  /** One that is run at once when nobody waits. */
  public static NewJob hasty(JobRequest request, Instant now) {
    return job(request, now, new NewJob.Grant("w", LEASE, true));
  }

  private static NewJob job(JobRequest request, Instant now, NewJob.Grant grant) {
    return new NewJob(
        request,
        request.terms().runAt(),
        now.plus(DEADLINE),
        3,
        AGING,
        AdmissionPlan.DEFAULTS,
        Optional.of(grant));
  }

  public static LeaseAsk ask(String queue, int most) {
    return new LeaseAsk(queue, most, "w", LEASE, Set.of(), false);
  }

  public static LeaseAsk askSuspects(String queue) {
    return new LeaseAsk(queue, 1, "w", LEASE, Set.of(), true);
  }

  public static Ending succeeded(Instant now) {
    return new Ending(
        JobState.SUCCEEDED,
        0,
        0,
        now,
        Optional.empty(),
        Optional.of(RESULT),
        attempt(now, "succeeded"),
        KEEP);
  }

  public static Ending failed(Instant now, JobState to) {
    return new Ending(
        to, 1, 0, now, Optional.of(ERROR), Optional.of(RESULT), attempt(now, "failed"), KEEP);
  }

  public static Ending retry(Instant now, Duration after) {
    return new Ending(
        JobState.RETRYING,
        1,
        0,
        now.plus(after),
        Optional.of(ERROR),
        Optional.empty(),
        attempt(now, "retry"),
        KEEP);
  }

  public static Ending deferred(Instant now, Duration after) {
    return new Ending(
        JobState.RETRYING,
        0,
        1,
        now.plus(after),
        Optional.of(ERROR),
        Optional.empty(),
        attempt(now, "deferred"),
        KEEP);
  }

  private static JobAttempt attempt(Instant now, String outcome) {
    return new JobAttempt(1, now, Duration.ofMillis(5), outcome, 200, Optional.empty());
  }
}
