package io.tidegate.gateway.route;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How requests of a route become jobs.
 *
 * @param queue that they wait in
 * @param callback whether clients may name a URL that is told of the end
 * @param maxWait how long a client may ask to wait for the result before it gets a receipt
 * @param keep names of fields of the upstream's answer that are kept with the result besides the
 *     usual ones, in lower case
 * @param batch path of the route that takes several jobs in one call; empty: each has its own
 */
public record AsyncOptions(
    String queue,
    When when,
    boolean callback,
    Duration maxWait,
    List<String> keep,
    Optional<String> batch) {
  /** Values of keys that are not written. */
  public static final Duration MAX_WAIT = Duration.ofSeconds(30);

  /** Which requests become jobs. */
  public enum When {
    ALWAYS,
    /** Those that say {@code Prefer: respond-async} (RFC 7240). */
    PREFER,
    /** None, whatever they prefer. */
    NEVER
  }

  public AsyncOptions {
    keep = keep.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("async.max-wait: " + maxWait + " (expected: >= 0s)");
    }
  }
}
