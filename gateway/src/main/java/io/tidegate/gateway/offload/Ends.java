package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Outcome;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What the end of a call means to its job. */
final class Ends {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(1);

  private Ends() {}

  /** Puts on record how a call ended that brought no answer of an upstream. */
  static void note(Exchange exchange, Reply reply) {
    exchange.journal().answered(RequestFacts.Source.LOCAL, reply.status());
    if (reply instanceof Reply.Failed failed) {
      exchange.journal().failed(failed.failure(), failed.detail());
    }
  }

  /**
   * The outcome of a run that brought no answer of an upstream.
   *
   * @param aborted whether it was broken off on purpose
   */
  static Outcome of(Reply reply, boolean aborted) {
    if (reply instanceof Reply.Failed failed) {
      return aborted ? new Outcome.Released() : of(failed);
    }
    if (reply instanceof Reply.Answer answer) {
      var headers = JobHeaders.of(MultiMap.caseInsensitiveMultiMap().addAll(answer.headers()));
      return Outcome.ofStatus(
          new JobResult(answer.status(), headers, answer.body()), Optional.empty());
    }
    reply.discard();
    return Outcome.retry("unexpected", "the upstream switched protocols");
  }

  private static Outcome of(Reply.Failed failed) {
    Failure failure = failed.failure();
    String message =
        failed.detail().isEmpty() ? failure.title() : failure.title() + ": " + failed.detail();
    JobError error = new JobError(failure.reason(), 0, message);
    return switch (failure) {
      // Nobody was asked: it is put off, and no attempt is spent.
      case BREAKER_OPEN, NO_HEALTHY_ENDPOINT, RATE_LIMITED, POOL_FULL, BULKHEAD_FULL, SHED ->
          new Outcome.Deferred(error, atLeast(failed.retryAfterMillis()));
      // Others of its route, which were not called before, are free to go.
      case RETRY_BUDGET -> new Outcome.Deferred(error, LEAST, true);
      case LOOP_DETECTED -> new Outcome.Failed(error, Optional.empty());
      default -> new Outcome.Retry(error, Optional.empty(), Optional.empty());
    };
  }

  private static Duration atLeast(long millis) {
    Duration asked = Duration.ofMillis(millis);
    return asked.compareTo(LEAST) < 0 ? LEAST : asked;
  }

  /** What an answer's Retry-After says (RFC 9110 §10.2.3), from a second to a day. */
  static Optional<Duration> retryAfter(MultiMap headers) {
    String value = headers.get("retry-after");
    if (value == null) {
      return Optional.empty();
    }
    String text = value.trim();
    if (text.matches("[0-9]{1,9}")) {
      return Optional.of(within(Duration.ofSeconds(Long.parseLong(text))));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(within(Duration.between(Instant.now(), then)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration within(Duration asked) {
    if (asked.compareTo(LEAST) < 0) {
      return LEAST;
    }
    return asked.compareTo(MOST) > 0 ? MOST : asked;
  }
}
