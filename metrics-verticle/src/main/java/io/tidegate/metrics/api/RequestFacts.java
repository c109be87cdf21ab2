package io.tidegate.metrics.api;

/**
 * What is known of one request when it is over. The exchange itself is one of these: nothing is
 * copied for the log, the meters and the span to read it.
 *
 * <p>Read on the request's event loop, during the call that it is handed to and never later. Text
 * that does not apply is null rather than an Optional, since this is read several times per
 * request.
 */
public interface RequestFacts {
  /** Where the answer came from. */
  enum Source {
    UPSTREAM("upstream"),
    CACHE("cache"),
    JOB("job"),
    LOCAL("local");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** Lower-case name in logs and labels. */
    public String label() {
      return label;
    }
  }

  /** {@link System#nanoTime()} when the head had arrived. */
  long startNanos();

  /** Milliseconds since the epoch when the head had arrived. */
  long startMillis();

  String requestId();

  /** The gateway's own span in the request's trace, or null when it has none. */
  TraceContext trace();

  /** Address of the client, after trusted proxies were believed; null when it is not known. */
  String client();

  /** Method as received. */
  String method();

  /** Host and port as the client named them; null when it named none. */
  String host();

  /** {@code http} or {@code https}, as the client spoke it. */
  default String scheme() {
    return "http";
  }

  /** Path as it was matched, without the query. */
  String path();

  /** Id of the route; null when none matched. */
  String route();

  /** The route's pattern, as {@code /orders/{id}}; null when none matched. */
  String template();

  /** {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}. */
  String protocol();

  /** Status sent; 499 when the client left before one was. */
  int status();

  Source source();

  /** Why the answer is a failure, one of a fixed set of names; null when it is none. */
  String failure();

  /** What went wrong first, where a later try or fallback changed the outcome; else null. */
  String firstCause();

  /** Calls made to upstreams. */
  int attempts();

  /** Name of the upstream that gave the answer, or was asked last; null when none was asked. */
  String upstream();

  /** Its endpoint, as {@code host:port}; null when none was chosen. */
  String endpoint();

  /** From the head's arrival to the last byte out, in nanoseconds. */
  long totalNanos();

  /** Spent waiting for upstreams' response heads, all attempts together, in nanoseconds. */
  long upstreamNanos();

  /** Spent waiting for a place, a connection or a token, in nanoseconds. */
  long queueNanos();

  /** Body bytes received from the client. */
  long bytesIn();

  /** Body bytes sent to the client. */
  long bytesOut();

  /** Id of the job that it became, asks about, or runs; null when it has to do with none. */
  default String job() {
    return null;
  }

  /** Where the request was when the client left; null when it stayed. */
  String leftDuring();

  /** Why a failed attempt was not tried again; null when it was, or none failed. */
  String retrySkipped();

  /** Whether a fault was injected on purpose. */
  boolean faultInjected();

  /** Whether this ended badly for its caller: such requests are logged whatever the sample. */
  default boolean failed() {
    return failure() != null || status() >= 500;
  }
}
