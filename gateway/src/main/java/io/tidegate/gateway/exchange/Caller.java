package io.tidegate.gateway.exchange;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;

/**
 * Who asked, as far as the rooms behind the edge need to know. Used on the exchange's event loop.
 */
public interface Caller {
  /** Nobody is connected: the gateway itself asks, for a job or for what it remembers. */
  Caller NONE =
      new Caller() {
        @Override
        public HttpMethod method() {
          return HttpMethod.GET;
        }

        @Override
        public String path() {
          return "/";
        }

        @Override
        public HttpVersion version() {
          return HttpVersion.HTTP_1_1;
        }

        @Override
        public boolean takesInterim() {
          return false;
        }

        @Override
        public void writeContinue() {}

        @Override
        public void writeEarlyHints(MultiMap hints) {}
      };

  /** Method as received; the exchange's head has it as well, once that is read. */
  HttpMethod method();

  /** Path as received, not normalised. */
  String path();

  /** In which the request came in. */
  HttpVersion version();

  /** Whether an answer before the answer can be sent now (RFC 9110 §15.2). */
  boolean takesInterim();

  /** Sends a 100; only while {@link #takesInterim()}. */
  void writeContinue();

  /** Sends a 103; only while {@link #takesInterim()}. */
  void writeEarlyHints(MultiMap hints);
}
