package io.tidegate.metrics;

import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.TraceContext;

/** A request for tests: a good GET of /orders/1, until a field says otherwise. */
public final class Facts implements RequestFacts {
  public String requestId = "r-1";
  public TraceContext trace = TraceContext.NONE;
  public String client = "192.0.2.1";
  public String method = "GET";
  public String host = "api.example.com";
  public String path = "/orders/1";
  public String route = "orders";
  public int status = 200;
  public Source source = Source.UPSTREAM;
  public String failure;
  public String leftDuring;
  public long totalNanos = 12_345_678;

  @Override
  public long startNanos() {
    return 0;
  }

  @Override
  public long startMillis() {
    return 1_767_225_600_042L;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public TraceContext trace() {
    return trace;
  }

  @Override
  public String client() {
    return client;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String route() {
    return route;
  }

  @Override
  public String template() {
    return "/orders/{id}";
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public Source source() {
    return source;
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public String firstCause() {
    return failure;
  }

  @Override
  public int attempts() {
    return 2;
  }

  @Override
  public String upstream() {
    return "orders";
  }

  @Override
  public String endpoint() {
    return "127.0.0.1:9001";
  }

  @Override
  public long totalNanos() {
    return totalNanos;
  }

  @Override
  public long upstreamNanos() {
    return 10_000_000;
  }

  @Override
  public long queueNanos() {
    return 999;
  }

  @Override
  public long bytesIn() {
    return 0;
  }

  @Override
  public long bytesOut() {
    return 1024;
  }

  @Override
  public String leftDuring() {
    return leftDuring;
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
