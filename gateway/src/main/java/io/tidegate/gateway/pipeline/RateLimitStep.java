package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.TokenBuckets;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/**
 * Takes a token per request, and tells the client how many are left (draft-ietf-httpapi-ratelimit-
 * headers, RateLimit and RateLimit-Policy).
 */
final class RateLimitStep implements Step<Exchange> {
  private static final CharSequence LIMIT = HttpHeaders.createOptimized("ratelimit");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");

  private final RateLimitOptions options;
  private final TokenBuckets buckets;
  private final Step<Exchange> next;
  private final String name;
  private final String policy;

  RateLimitStep(String route, RateLimitOptions options, TokenBuckets buckets, Step<Exchange> next) {
    this.options = options;
    this.buckets = buckets;
    this.next = next;
    this.name = '"' + route + '"';
    this.policy = name + ";q=" + options.permits() + ";w=" + options.seconds();
  }

  @Override
  public Future<Reply> apply(Exchange exchange) {
    long answer = buckets.tryTake(key(options, exchange.head()));
    long resetMillis = TokenBuckets.resetMillis(answer);
    exchange.addResponseField(POLICY, policy);
    exchange.addResponseField(
        LIMIT, name + ";r=" + TokenBuckets.remaining(answer) + ";t=" + (resetMillis + 999) / 1000);
    if (TokenBuckets.allowed(answer)) {
      return next.apply(exchange);
    }
    return Future.succeededFuture(refused(answer));
  }

  /** Takes a token for a request that comes in with others; empty: it may go. */
  static Optional<Reply.Failed> refusal(
      RateLimitOptions options, TokenBuckets buckets, Exchange.Head head) {
    long answer = buckets.tryTake(key(options, head));
    return TokenBuckets.allowed(answer) ? Optional.empty() : Optional.of(refused(answer));
  }

  private static Reply.Failed refused(long answer) {
    long resetMillis = Math.max(1, TokenBuckets.resetMillis(answer));
    return new Reply.Failed(Failure.RATE_LIMITED, "", resetMillis, true);
  }

  private static Object key(RateLimitOptions options, Exchange.Head head) {
    if (options.key() instanceof RateLimitOptions.Key.Ip) {
      return head.clientIp();
    }
    if (options.key() instanceof RateLimitOptions.Key.Header header) {
      String value = head.headers().get(header.name());
      return value == null ? "" : value;
    }
    return "";
  }
}
