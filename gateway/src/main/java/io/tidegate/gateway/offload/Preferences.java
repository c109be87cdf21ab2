package io.tidegate.gateway.offload;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a request prefers (RFC 7240), as far as jobs are concerned. What is malformed or unknown is
 * not there: a preference never makes a request fail.
 *
 * @param patience how long the client would wait for the answer
 */
record Preferences(boolean respondAsync, Optional<Duration> patience) {
  static final Preferences NONE = new Preferences(false, Optional.empty());
  private static final CharSequence PREFER = HttpHeaders.createOptimized("prefer");

  static Preferences of(MultiMap headers) {
    if (!headers.contains(PREFER)) {
      return NONE;
    }
    boolean async = false;
    Optional<Duration> wait = Optional.empty();
    for (String line : headers.getAll(PREFER)) {
      for (String member : line.split(",")) {
        String preference = member.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        if (preference.equals("respond-async")) {
          async = true;
        } else if (preference.startsWith("wait") && wait.isEmpty()) { // The first one counts.
          wait = seconds(preference.substring(4).trim());
        }
      }
    }
    return new Preferences(async, wait);
  }

  private static Optional<Duration> seconds(String assigned) {
    String value = assigned.startsWith("=") ? assigned.substring(1).trim() : "";
    if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
      value = value.substring(1, value.length() - 1);
    }
    return value.matches("[0-9]{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(value)))
        : Optional.empty();
  }
}
