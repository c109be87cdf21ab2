package io.tidegate.metrics.traces;

import io.tidegate.metrics.api.AttemptSpan;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.tidegate.metrics.api.Tracing;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * Tracing switched off: every request gets its place in a trace, nothing is recorded. One small
 * object per request is server span and attempt span at once, since attempts have no spans.
 */
public final class ContextOnly implements Tracing {
  private final double share;
  private final boolean baggage;

  /**
   * @param share of traces that start here which upstreams are asked to record, 0 to 1; were it
   *     none, a gateway without tracing would switch off that of all that is behind it
   */
  public ContextOnly(double share, boolean baggage) {
    this.share = share;
    this.baggage = baggage;
  }

  @Override
  public boolean enabled() {
    return false;
  }

  @Override
  public boolean propagatesBaggage() {
    return baggage;
  }

  @Override
  public ServerSpan server(TraceContext parent, Trust trust, String method) {
    TraceContext own =
        parent.exists() && trust == Trust.CONTINUE ? parent.child() : TraceContext.fresh(share);
    return unrecorded(own);
  }

  /** A span that is not recorded, tied to the current Vert.x context. */
  static ServerSpan unrecorded(TraceContext own) {
    Context context = Vertx.currentContext();
    if (context != null) {
      TraceIds.put(context, own);
    }
    return new Unrecorded(own);
  }

  private record Unrecorded(TraceContext context) implements ServerSpan, AttemptSpan {
    @Override
    public boolean recording() {
      return false;
    }

    @Override
    public void event(String name, String detail) {
      // Nothing is recorded.
    }

    @Override
    public AttemptSpan attempt(String method, String upstream, int number) {
      return this;
    }

    @Override
    public void end(RequestFacts facts) {
      // Nothing is recorded.
    }

    @Override
    public void endpoint(String scheme, String host, int port, String target) {
      // Nothing is recorded.
    }

    @Override
    public void end(int status, String failure) {
      // Nothing is recorded.
    }
  }
}
