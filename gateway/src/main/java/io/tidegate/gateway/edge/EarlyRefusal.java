package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.TraceContext;

/** The facts of something that was refused before it became a request. */
record EarlyRefusal(Failure why, String requestId, long startNanos, long startMillis)
    implements RequestFacts {
  EarlyRefusal(Failure why, String requestId) {
    this(why, requestId, System.nanoTime(), System.currentTimeMillis());
  }

  @Override
  public TraceContext trace() {
    return null;
  }

  @Override
  public String client() {
    return null;
  }

  @Override
  public String method() {
    return "-";
  }

  @Override
  public String host() {
    return null;
  }

  @Override
  public String path() {
    return "-";
  }

  @Override
  public String route() {
    return null;
  }

  @Override
  public String template() {
    return null;
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public int status() {
    return why.status();
  }

  @Override
  public Source source() {
    return Source.LOCAL;
  }

  @Override
  public String failure() {
    return why.reason();
  }

  @Override
  public String firstCause() {
    return null;
  }

  @Override
  public int attempts() {
    return 0;
  }

  @Override
  public String upstream() {
    return null;
  }

  @Override
  public String endpoint() {
    return null;
  }

  @Override
  public long totalNanos() {
    return System.nanoTime() - startNanos;
  }

  @Override
  public long upstreamNanos() {
    return 0;
  }

  @Override
  public long queueNanos() {
    return 0;
  }

  @Override
  public long bytesIn() {
    return 0;
  }

  @Override
  public long bytesOut() {
    return 0;
  }

  @Override
  public String leftDuring() {
    return null;
  }

  @Override
  public String retrySkipped() {
    return null;
  }

  @Override
  public boolean faultInjected() {
    return false;
  }
}
