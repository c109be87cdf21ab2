package io.tidegate.metrics.traces;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.tidegate.metrics.api.Tracing;
import io.tidegate.metrics.logs.JulBridge;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import io.vertx.tracing.opentelemetry.VertxContextStorageProvider.VertxContextStorage;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tracing switched on: spans of sampled requests go to a collector. */
public final class RecordedTracing implements Tracing, AutoCloseable {
  private static final long FLUSH_SECONDS = 3;

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;
  private final Propagation propagation;

  private RecordedTracing(OpenTelemetrySdk sdk, Propagation propagation) {
    this.sdk = sdk;
    this.tracer = sdk.getTracer("io.tidegate");
    this.propagation = propagation;
  }

  /**
   * Starts the exporter. Takes some hundred milliseconds.
   *
   * @throws IllegalArgumentException when an OTEL_* variable makes no sense
   */
  public static RecordedTracing start(TelemetryOptions options, Map<String, String> environment) {
    JulBridge.install();
    return new RecordedTracing(
        Exporting.sdk(options, environment), Propagation.of(options.traces()));
  }

  /** Lets Vert.x carry spans through its contexts and over the bus. */
  public void wire(VertxOptions options) {
    options.setTracingOptions(new OpenTelemetryOptions());
  }

  /** See {@link #wire(VertxOptions)}; both are needed. */
  public void wire(VertxBuilder builder) {
    builder.withTracer(new OpenTelemetryTracingFactory(sdk));
  }

  @Override
  public boolean enabled() {
    return true;
  }

  @Override
  public ServerSpan server(TraceContext parent, Trust trust, String method) {
    boolean continued = parent.exists() && trust == Trust.CONTINUE;
    SpanContext remote = parent.exists() && trust != Trust.RESTART ? remote(parent) : null;
    Context outer = continued ? Context.root().with(Span.wrap(remote)) : Context.root();
    SpanBuilder builder =
        tracer
            .spanBuilder(HttpAttributes.name(method))
            .setParent(outer)
            .setSpanKind(SpanKind.SERVER);
    if (remote != null && !continued) {
      builder.addLink(remote);
    }
    Span span = builder.startSpan();
    Context inner = outer.with(span);
    int random = continued ? parent.flags() & TraceContext.RANDOM : TraceContext.RANDOM;
    TraceContext own = context(span, random, continued ? parent.state() : "");
    if (Vertx.currentContext() != null) {
      VertxContextStorage.INSTANCE.attach(inner);
    }
    if (!span.isRecording()) {
      return ContextOnly.unrecorded(own, propagation);
    }
    if (Vertx.currentContext() != null) {
      TraceIds.put(Vertx.currentContext(), own);
    }
    return new RecordedSpan(tracer, propagation, span, inner, own);
  }

  static TraceContext context(Span span, int random, String state) {
    SpanContext ids = span.getSpanContext();
    int flags = ids.getTraceFlags().asByte() & TraceContext.SAMPLED | random;
    return TraceContext.of(ids.getTraceId(), ids.getSpanId(), flags, state);
  }

  private static SpanContext remote(TraceContext parent) {
    return SpanContext.createFromRemoteParent(
        parent.traceId(),
        parent.spanId(),
        parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        state(parent.state()));
  }

  private static TraceState state(String members) {
    if (members.isEmpty()) {
      return TraceState.getDefault();
    }
    TraceStateBuilder builder = TraceState.builder();
    String[] all = members.split(",", -1);
    for (int i = all.length - 1; i >= 0; i--) { // The builder puts each at the front.
      int equals = all[i].indexOf('=');
      builder.put(all[i].substring(0, equals), all[i].substring(equals + 1));
    }
    return builder.build();
  }

  /** Sends what is left, waiting a few seconds at most. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().forceFlush().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    sdk.getSdkTracerProvider().shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
  }
}
