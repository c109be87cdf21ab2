package io.tidegate.metrics.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.spi.context.storage.ContextLocal;

/**
 * Which trace the running code works for. Log lines take their {@code trace_id} and {@code span_id}
 * from here, whether traces are exported or not.
 *
 * <p>Vert.x gives every HTTP request and every bus message a context of its own, which follows it
 * through timers, futures and {@code executeBlocking}; the ids live there. Code that runs for a
 * request on another context, as in a shared timer's callback, wraps itself in {@link #with}.
 */
public final class TraceIds {
  private static final ContextLocal<TraceContext> SLOT =
      ContextLocal.registerLocal(TraceContext.class);
  private static final ThreadLocal<TraceContext> BORROWED = new ThreadLocal<>();

  private TraceIds() {}

  /** Ties a trace to a request's context. Not for a verticle's own context: all would share it. */
  public static void put(Context context, TraceContext trace) {
    SLOT.put(context, trace);
  }

  /** The trace of the running code; {@link TraceContext#NONE} outside of any. */
  public static TraceContext current() {
    TraceContext borrowed = BORROWED.get();
    if (borrowed != null) {
      return borrowed;
    }
    Context context = Vertx.currentContext();
    TraceContext found = context == null ? null : SLOT.get(context);
    return found == null ? TraceContext.NONE : found;
  }

  /** Runs something on behalf of a trace whose context this is not. */
  public static void with(TraceContext trace, Runnable work) {
    TraceContext before = BORROWED.get();
    BORROWED.set(trace);
    try {
      work.run();
    } finally {
      if (before == null) {
        BORROWED.remove();
      } else {
        BORROWED.set(before);
      }
    }
  }

  /** Claims the slot: has to happen before the first Vertx is made. */
  public static void register() {
    // Loading this class did it.
  }
}
