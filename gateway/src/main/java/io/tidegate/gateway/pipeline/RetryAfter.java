package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Reply;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Reads Retry-After in both of its forms (RFC 9110 §10.2.3). */
final class RetryAfter {
  private static final long DAY_SECONDS = 86_400;

  private RetryAfter() {}

  /** Milliseconds that the upstream asks to wait; 0 when it asks nothing, or nonsense. */
  static long millis(Reply reply) {
    if (reply instanceof Reply.Failed failed) {
      return failed.retryAfterMillis();
    }
    if (!(reply instanceof Reply.Proxied proxied)) {
      return 0;
    }
    String value = proxied.headers().get("retry-after");
    return value == null ? 0 : millis(value.trim(), Instant.now());
  }

  static long millis(String value, Instant now) {
    if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return value.length() > 6
          ? DAY_SECONDS * 1000
          : Math.min(DAY_SECONDS, Long.parseLong(value)) * 1000;
    }
    try {
      Instant then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, Math.min(DAY_SECONDS * 1000, then.toEpochMilli() - now.toEpochMilli()));
    } catch (DateTimeParseException e) {
      return 0;
    }
  }
}
