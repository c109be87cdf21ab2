package io.tidegate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.Submission.Accepted;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FormsTest {
  private static final JobRequest REQUEST =
      JobRequest.of(
              "reports",
              "orders",
              new JobCall(
                  "POST",
                  "/orders?x=ü",
                  new JobHeaders(List.of("A", "1", "a", "2")),
                  Buffer.buffer(new byte[1 << 20])))
          .withKey(new IdempotencyKey("k", "f"))
          .withTrace(TraceContext.fresh(1))
          .withTerms(
              JobTerms.DEFAULT
                  .withRunAt(Instant.parse("2026-01-02T03:04:05.678901234Z"))
                  .withGroup("g"));

  private static Object overTheWire(Object message) {
    Buffer bytes = Buffer.buffer("before");
    new Wire().encodeToWire(bytes, message);
    return new Wire().decodeFromWire("before".length(), bytes);
  }

  @Test
  void aRequestComesOverTheWireWhole() {
    JobRequest read = (JobRequest) overTheWire(REQUEST);
    // The trace has no equality of its own.
    assertThat(read.trace().traceparent()).isEqualTo(REQUEST.trace().traceparent());
    assertThat(read.withTrace(TraceContext.NONE)).isEqualTo(REQUEST.withTrace(TraceContext.NONE));
  }

  @Test
  void sealedAnswersListsMapsAndSetsComeOverTheWire() {
    JobId id = JobId.fresh(1);
    Submission accepted =
        new Accepted(
            id,
            "q",
            JobState.QUEUED,
            Instant.EPOCH,
            Durability.FSYNC,
            false,
            Duration.ofMillis(1500),
            Optional.of(new Lease(id, 7)));
    var queues =
        new Messages.Queues(
            List.of(
                new QueueStatus(
                    "q",
                    QueueStatus.Mode.PAUSED,
                    Map.of(JobState.DEAD, 3L, JobState.QUEUED, 4L),
                    5,
                    Duration.ZERO,
                    1,
                    true)));
    var page =
        new Messages.Page(
            JobFilter.ALL.withStates(JobState.DEAD, JobState.FAILED), Optional.of(id), 10);
    assertThat(overTheWire(accepted)).isEqualTo(accepted);
    assertThat(overTheWire(queues)).isEqualTo(queues);
    assertThat(overTheWire(page)).isEqualTo(page);
    var outcomes =
        new Messages.Outcomes(
            List.of(
                new Outcome.Succeeded(JobResult.EMPTY),
                new Outcome.Deferred(new JobError("breaker", 0, "open"), Duration.ofSeconds(3)),
                new Outcome.Deferred(new JobError("turn", 0, "no"), Duration.ofSeconds(1), true),
                new Outcome.Released()));
    assertThat(overTheWire(outcomes)).isEqualTo(outcomes);
    assertThat(((Messages.Page) overTheWire(page)).filter().states())
        .isEqualTo(Set.of(JobState.DEAD, JobState.FAILED));
  }

  @Test
  void aScheduleIsReadBackAsItWasStored() {
    var schedule =
        new ScheduleOptions(
            "nightly",
            new CronPlan("0 3 * * *"),
            ZoneId.of("Europe/Vienna"),
            ScheduleOptions.Misfire.LATEST,
            ScheduleOptions.Overlap.SKIP,
            REQUEST.withTrace(TraceContext.NONE));
    assertThat(ScheduleOptions.of(schedule.toBuffer())).isEqualTo(schedule);
  }

  @Test
  void deliveriesKnowThatTheyCameFromAfar() {
    var here = new Messages.Deliveries(List.of(), false);
    assertThat(overTheWire(here)).isEqualTo(new Messages.Deliveries(List.of(), true));
    assertThat(new Wire().transform(here)).isSameAs(here);
  }

  @Test
  void whatIsNoMessageIsRefused() {
    Buffer strange = Buffer.buffer().appendInt(16).appendString("java.lang.String");
    assertThatIllegalArgumentException().isThrownBy(() -> Forms.read(strange, 0));
    Buffer lying = Buffer.buffer().appendInt(Integer.MAX_VALUE).appendString("x");
    assertThatIllegalArgumentException().isThrownBy(() -> Forms.read(lying, 0));
  }
}
