package io.tidegate.metrics.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tidegate.metrics.api.AttemptSpan;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.vertx.core.MultiMap;

/** The span of a sampled request, by OpenTelemetry's conventions for HTTP servers. */
final class RecordedSpan implements ServerSpan {
  private static final AttributeKey<String> DETAIL = AttributeKey.stringKey("tidegate.detail");

  private final Tracer tracer;
  private final Propagation propagation;
  private final Span span;
  private final Context inner;
  private final TraceContext context;

  RecordedSpan(
      Tracer tracer, Propagation propagation, Span span, Context inner, TraceContext context) {
    this.tracer = tracer;
    this.propagation = propagation;
    this.span = span;
    this.inner = inner;
    this.context = context;
  }

  @Override
  public TraceContext context() {
    return context;
  }

  @Override
  public void inject(MultiMap headers) {
    propagation.write(context, headers);
  }

  @Override
  public boolean recording() {
    return true;
  }

  @Override
  public void event(String name, String detail) {
    span.addEvent(name, detail == null ? Attributes.empty() : Attributes.of(DETAIL, detail));
  }

  @Override
  public AttemptSpan attempt(String method, String upstream, int number) {
    Span call =
        tracer
            .spanBuilder(HttpAttributes.name(method))
            .setParent(inner)
            .setSpanKind(SpanKind.CLIENT)
            .startSpan();
    HttpAttributes.ofAttempt(call, method, upstream, number);
    return new RecordedAttempt(
        propagation,
        call,
        RecordedTracing.context(call, context.flags() & TraceContext.RANDOM, context.state()));
  }

  @Override
  public void end(RequestFacts facts) {
    HttpAttributes.ofRequest(span, facts);
    // A 4xx is the caller's fault and no error of a server's span; a cut-off answer is one.
    if (facts.status() >= 500 || (facts.failure() != null && facts.status() < 400)) {
      span.setStatus(StatusCode.ERROR, facts.failure() == null ? "" : facts.failure());
    }
    span.end();
  }

  private record RecordedAttempt(Propagation propagation, Span span, TraceContext context)
      implements AttemptSpan {
    @Override
    public void inject(MultiMap headers) {
      propagation.write(context, headers);
    }

    @Override
    public void endpoint(String scheme, String host, int port, String target) {
      HttpAttributes.ofEndpoint(span, scheme, host, port, target);
    }

    @Override
    public void end(int status, String failure) {
      HttpAttributes.ofOutcome(span, status, failure);
      if (status >= 400 || failure != null) {
        span.setStatus(StatusCode.ERROR, failure == null ? "" : failure);
      }
      span.end();
    }
  }
}
