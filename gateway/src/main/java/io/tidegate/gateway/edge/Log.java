package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge says in the log, besides the access log. */
final class Log {
  private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.gateway.edge");

  private Log() {}

  /** A bug of ours; the client was told 500. */
  static void mistake(Exchange exchange, Throwable mistake) {
    TraceContext trace = exchange.trace() == null ? TraceContext.NONE : exchange.trace();
    TraceIds.with(
        trace, () -> LOG.error("request {} failed inside the gateway", exchange.id(), mistake));
  }
}
