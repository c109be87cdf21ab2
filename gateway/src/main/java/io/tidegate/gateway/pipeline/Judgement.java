package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.vertx.core.http.HttpHeaders;
import java.util.Set;

/** What a reply means to the policies. */
final class Judgement {
  private static final CharSequence IDEMPOTENCY_KEY =
      HttpHeaders.createOptimized("idempotency-key");

  private Judgement() {}

  /** Whether a reply is among {@code conditions}. */
  static boolean matches(Reply reply, Conditions conditions) {
    if (reply instanceof Reply.Failed failed) {
      Conditions.Kind kind = kind(failed.failure());
      return kind != null && conditions.kinds().contains(kind);
    }
    // Only errors can be asked for, and a set would box the status of every good answer.
    return reply.status() >= 400 && conditions.statuses().contains(reply.status());
  }

  /** The kind of failure as the configuration names it; null for those of the client's making. */
  static Conditions.Kind kind(Failure failure) {
    return switch (failure) {
      case DNS_ERROR,
          DNS_TIMEOUT,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          TLS_ERROR,
          TLS_CERTIFICATE ->
          Conditions.Kind.CONNECT;
      case CONNECTION_TERMINATED,
          PROTOCOL_ERROR,
          RESPONSE_INCOMPLETE,
          RESPONSE_HEADERS_TOO_LARGE,
          UPGRADE_FAILED ->
          Conditions.Kind.RESET;
      case STREAM_REFUSED -> Conditions.Kind.REFUSED_STREAM;
      case ATTEMPT_TIMEOUT, TOTAL_TIMEOUT, READ_TIMEOUT, WRITE_TIMEOUT -> Conditions.Kind.TIMEOUT;
      case BREAKER_OPEN, NO_HEALTHY_ENDPOINT -> Conditions.Kind.BREAKER;
      case POOL_FULL, BULKHEAD_FULL, SHED -> Conditions.Kind.OVERLOAD;
      default -> null;
    };
  }

  /**
   * Whether sending the request again cannot do its work twice (RFC 9110 §9.2.2): nothing was sent,
   * or the method is safe to repeat, or the client gave it a key.
   */
  static boolean repeatable(Exchange exchange, Reply reply, Set<String> methods) {
    return (reply instanceof Reply.Failed failed && failed.nothingSent())
        || methods.contains(exchange.method())
        || exchange.head().headers().contains(IDEMPOTENCY_KEY);
  }

  static boolean repeatable(Exchange exchange, Reply reply) {
    return repeatable(exchange, reply, RetryOptions.IDEMPOTENT);
  }

  /** Whether a reply speaks against the upstream: what its breaker counts. */
  static boolean isFailure(Reply reply) {
    if (reply instanceof Reply.Failed failed) {
      if (failed.failure() == Failure.TOTAL_TIMEOUT && failed.nothingSent()) {
        return false; // The time was spent waiting here: the upstream was never asked.
      }
      Conditions.Kind kind = kind(failed.failure());
      return kind != null && kind != Conditions.Kind.OVERLOAD && kind != Conditions.Kind.BREAKER;
    }
    return reply.status() >= 500;
  }

  /**
   * Whether the time it took says how busy the upstream is: a call that failed at once says nothing
   * of that, and one that was given up took at least as long.
   */
  static boolean tellsLatency(Reply reply) {
    return reply instanceof Reply.Failed failed
        ? isFailure(reply) && kind(failed.failure()) == Conditions.Kind.TIMEOUT
        : reply.status() < 500;
  }

  /** Whether it is about the request and not about the upstream that answered it. */
  static boolean isRefusal(Reply reply) {
    return !(reply instanceof Reply.Failed) && reply.status() >= 400 && reply.status() < 500;
  }

  /** Whether a reply says nothing about the upstream. */
  static boolean isNeutral(Reply reply) {
    return reply instanceof Reply.Failed && !isFailure(reply);
  }
}
