package io.tidegate.gateway.route;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What to try when the call failed. */
public sealed interface FallbackOption {
  /** The same request to another upstream. */
  record ToUpstream(String upstream) implements FallbackOption {}

  /** What is remembered, however old up to the route's {@code cache.stale-if-error}. */
  record Stale() implements FallbackOption {}

  /** Stored, to be forwarded later: the client gets a receipt. For writes. */
  record ToQueue(String queue) implements FallbackOption {}

  /** A fixed answer. */
  record Answer(int status, Map<String, String> headers, String body) implements FallbackOption {
    public Answer {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers)); // in the file's order
    }
  }
}
