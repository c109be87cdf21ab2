package io.tidegate.metrics.traces;

import io.tidegate.metrics.api.AttemptSpan;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.tidegate.metrics.api.Tracing;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;

/**
 * Tracing switched off: every request gets its place in a trace, nothing is recorded. One small
 * object per request is server span and attempt span at once, since attempts have no spans.
 */
public final class ContextOnly implements Tracing {
  private final double share;
  private final Propagation propagation;

  /**
   * @param share of traces that start here which upstreams are asked to record, 0 to 1; were it
   *     none, a gateway without tracing would switch off that of all that is behind it
   */
  public ContextOnly(double share, Propagation propagation) {
    this.share = share;
    this.propagation = propagation;
  }

  @Override
  public boolean enabled() {
    return false;
  }

  @Override
  public ServerSpan server(TraceContext parent, Trust trust, String method) {
    TraceContext own =
        parent.exists() && trust == Trust.CONTINUE ? parent.child() : TraceContext.fresh(share);
    return unrecorded(own, propagation);
  }

  /** A span that is not recorded, tied to the current Vert.x context. */
  static ServerSpan unrecorded(TraceContext own, Propagation propagation) {
    Context context = Vertx.currentContext();
    if (context != null) {
      TraceIds.put(context, own);
    }
    return new Unrecorded(own, propagation);
  }

  private record Unrecorded(TraceContext context, Propagation propagation)
      implements ServerSpan, AttemptSpan {
    @Override
    public void inject(MultiMap headers) {
      propagation.write(context, headers);
    }

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
