package io.tidegate.gateway.exchange;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;

/**
 * The caller of a request that the gateway makes on behalf of another: nobody, but who waits for
 * the other hears the early hints (RFC 8297) while they may still be sent.
 */
record Overhearing(Exchange other) implements Caller {
  @Override
  public HttpMethod method() {
    return NONE.method();
  }

  @Override
  public String path() {
    return NONE.path();
  }

  @Override
  public HttpVersion version() {
    return NONE.version();
  }

  @Override
  public boolean takesInterim() {
    return other.takesInterim();
  }

  /** The body of the other is none of this request's. */
  @Override
  public void writeContinue() {}

  @Override
  public void writeEarlyHints(MultiMap hints) {
    other.forwardEarlyHints(hints);
  }
}
