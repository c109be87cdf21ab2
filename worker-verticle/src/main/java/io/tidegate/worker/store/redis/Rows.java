package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.JobStatus.Counters;
import io.tidegate.worker.api.JobStatus.Times;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.NewJob;
import io.tidegate.worker.store.Untold;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Jobs as the scripts see them, and back. The places are those of {@code jobs.lua}. */
final class Rows {
  private static final int ID = 0;
  private static final int STATE = 1;
  private static final int PRIORITY = 3;
  private static final int CREATED = 5;
  private static final int RUN_AT = 6;
  private static final int DEADLINE = 7;
  private static final int STARTED = 8;
  private static final int FINISHED = 9;
  private static final int EXPIRES = 10;
  private static final int VERSION = 11;
  private static final int GENERATION = 12;
  private static final int ATTEMPTS = 13;
  private static final int MAX_ATTEMPTS = 14;
  private static final int DELIVERIES = 15;
  private static final int CRASHES = 16;
  private static final int SOLO = 17;
  private static final int DEFERRALS = 18;
  private static final int TOKEN = 19;
  private static final int ALONE = 20;
  private static final int ROUTE = 23;
  private static final int TENANT = 24;
  private static final int GROUP = 25;
  private static final int ERROR = 28;

  private Rows() {}

  static JobId id(String text) {
    return JobId.parse(text).orElseThrow(() -> new IllegalArgumentException("job id: " + text));
  }

  static Instant time(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static Optional<Instant> someTime(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(time(millis));
  }

  /** A job to be accepted. */
  static Buffer of(NewJob job) {
    JobRequest request = job.request();
    JobTerms terms = request.terms();
    Buffer call = call(request);
    Pack item =
        new Pack(call.length() + 512)
            .map(job.running().isPresent() ? 19 : 17)
            .text("id")
            .text(request.id().toString())
            .text("runAt")
            .number(job.runAt().map(Instant::toEpochMilli).orElse(0L))
            .text("deadline")
            .number(job.deadline().toEpochMilli())
            .text("attempts")
            .number(job.maxAttempts())
            .text("priority")
            .number(terms.priority())
            .text("aging")
            .number(job.aging().toMillis())
            .text("depth")
            .number(job.limits().depth())
            .text("room")
            .number(job.limits().bytes())
            .text("route")
            .text(request.route())
            .text("tenant")
            .text(request.tenant())
            .text("group")
            .text(terms.group())
            .text("hash")
            .text(Names.hash(request))
            .text("print")
            .text(request.key().map(IdempotencyKey::fingerprint).orElse(""))
            .text("size")
            .number(request.call().size())
            .text("call")
            .bytes(call)
            .text("callback")
            .bytes(callback(request))
            .text("queue")
            .text(request.queue());
    job.running()
        .ifPresent(
            grant ->
                item.text("worker")
                    .text(grant.worker())
                    .text("lease")
                    .number(grant.lease().toMillis()));
    return item.buffer();
  }

  /** What a job is to do, as it was packed. */
  static JobCall call(Buffer packed) {
    return call(Unpack.tuple(packed));
  }

  private static JobCall call(Tuple call) {
    return new JobCall(call.text(0), call.text(1), JobHeaders.of(call.bytes(2)), call.bytes(3));
  }

  private static Buffer call(JobRequest request) {
    JobCall call = request.call();
    Pack packed = new Pack(call.size() + 256).array(7);
    packed.text(call.method()).text(call.uri()).bytes(call.headers().toBuffer());
    packed.bytes(call.body()).text(request.key().map(IdempotencyKey::value).orElse(""));
    trace(packed, request.trace());
    return packed.buffer();
  }

  private static Buffer callback(JobRequest request) {
    String callback = request.terms().callback();
    if (callback.isEmpty()) {
      return Buffer.buffer();
    }
    Pack packed = new Pack(256).array(3).text(callback);
    trace(packed, request.trace());
    return packed.buffer();
  }

  private static void trace(Pack packed, TraceContext trace) {
    packed.text(trace.exists() ? trace.traceparent() : "").text(trace.state());
  }

  private static TraceContext trace(Tuple packed, int at) {
    String parent = packed.text(at);
    return parent.isEmpty() ? TraceContext.NONE : TraceContext.parse(parent, packed.text(at + 1));
  }

  /** The end of a run. */
  static Buffer of(Lease lease, Ending ending) {
    Buffer result = ending.result().map(Rows::of).orElse(null);
    Pack item =
        new Pack(512 + (result == null ? 0 : result.length()))
            .map(result == null ? 9 : 11)
            .text("id")
            .text(lease.id().toString())
            .text("token")
            .number(lease.token())
            .text("to")
            .number(ending.to().ordinal())
            .text("attempts")
            .number(ending.attempts())
            .text("deferrals")
            .number(ending.deferrals())
            .text("runAt")
            .number(ending.to() == JobState.RETRYING ? ending.runAt().toEpochMilli() : 0)
            .text("keep")
            .number(ending.keep().toMillis())
            .text("error")
            .bytes(ending.error().map(Rows::of).orElseGet(Buffer::buffer))
            .text("attempt")
            .bytes(of(ending.attempt()));
    if (result != null) {
      item.text("result").bytes(result).text("resultBytes").number(result.length());
    }
    return item.buffer();
  }

  private static Buffer of(JobResult result) {
    return new Pack(result.body().length() + 256)
        .array(3)
        .number(result.status())
        .bytes(result.headers().toBuffer())
        .bytes(result.body())
        .buffer();
  }

  private static Buffer of(JobError error) {
    return new Pack(128)
        .array(3)
        .text(error.type())
        .number(error.status())
        .text(error.message())
        .buffer();
  }

  private static Buffer of(JobAttempt attempt) {
    Pack packed =
        new Pack(128)
            .array(attempt.error().isPresent() ? 9 : 6)
            .number(attempt.delivery())
            .number(attempt.started().toEpochMilli())
            .number(attempt.took().toMillis())
            .text(attempt.outcome())
            .number(attempt.status())
            .flag(attempt.error().isPresent());
    attempt
        .error()
        .ifPresent(error -> packed.text(error.type()).number(error.status()).text(error.message()));
    return packed.buffer();
  }

  static Lease lease(Tuple job) {
    return new Lease(id(job.text(ID)), job.number(TOKEN));
  }

  /** A job that was leased, with its call. */
  static Leased leased(String queue, Tuple job, Buffer packed) {
    Tuple call = Unpack.tuple(packed);
    String key = call.text(4);
    return new Leased(
        lease(job),
        queue,
        job.text(ROUTE),
        job.text(TENANT),
        call(call),
        key.isEmpty() ? job.text(ID) : key,
        trace(call, 5),
        counters(job),
        time(job.number(CREATED)),
        time(job.number(RUN_AT)),
        time(job.number(DEADLINE)),
        job.number(ALONE) != 0);
  }

  private static Counters counters(Tuple job) {
    return new Counters(
        job.small(ATTEMPTS),
        job.small(MAX_ATTEMPTS),
        job.small(DELIVERIES),
        job.small(CRASHES),
        job.small(SOLO),
        job.small(DEFERRALS));
  }

  static JobState state(Tuple job) {
    return JobState.values()[job.small(STATE)];
  }

  /** How far a job is, without its runs. */
  static JobStatus status(String queue, Tuple job) {
    return status(queue, job, List.of());
  }

  static JobStatus status(String queue, Tuple job, List<JobAttempt> attempts) {
    Buffer error = job.bytes(ERROR);
    return new JobStatus(
        id(job.text(ID)),
        state(job),
        queue,
        job.text(ROUTE),
        job.text(TENANT),
        job.text(GROUP),
        job.small(PRIORITY),
        job.number(VERSION),
        job.small(GENERATION),
        counters(job),
        new Times(
            time(job.number(CREATED)),
            time(job.number(RUN_AT)),
            time(job.number(DEADLINE)),
            someTime(job.number(STARTED)),
            someTime(job.number(FINISHED)),
            someTime(job.number(EXPIRES))),
        false,
        error.length() == 0 ? Optional.empty() : Optional.of(error(Unpack.tuple(error), 0)),
        attempts);
  }

  private static JobError error(Tuple packed, int at) {
    return new JobError(packed.text(at), packed.small(at + 1), packed.text(at + 2));
  }

  /** Runs that were remembered. */
  static List<JobAttempt> attempts(Buffer log) {
    List<JobAttempt> attempts = new ArrayList<>();
    for (Object packed : Unpack.tuple(log).items()) {
      Tuple run = Unpack.tuple((Buffer) packed);
      attempts.add(
          new JobAttempt(
              run.small(0),
              time(run.number(1)),
              Duration.ofMillis(run.number(2)),
              run.text(3),
              run.small(4),
              run.flag(5) ? Optional.of(error(run, 6)) : Optional.empty()));
    }
    return attempts;
  }

  static JobResult result(Buffer packed) {
    Tuple result = Unpack.tuple(packed);
    return new JobResult(result.small(0), JobHeaders.of(result.bytes(1)), result.bytes(2));
  }

  static Untold untold(Tuple end) {
    Tuple callback = Unpack.tuple(end.bytes(6));
    return new Untold(
        id(end.text(0)),
        end.small(1),
        JobState.values()[end.small(2)],
        end.text(3),
        end.text(4),
        callback.text(0),
        time(end.number(5)),
        trace(callback, 1));
  }
}
