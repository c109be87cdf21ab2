package io.tidegate.metrics.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.tidegate.metrics.api.RequestFacts;
import java.util.Set;

/**
 * Names by OpenTelemetry's semantic conventions for HTTP, 1.23 and later; ours start with tidegate.
 */
final class HttpAttributes {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<Long> RESENT =
      AttributeKey.longKey("http.request.resend_count");
  private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("tidegate.attempts");

  private HttpAttributes() {}

  /** What a span is called before its route is known: never text that a client made up. */
  static String name(String method) {
    return METHODS.contains(method) ? method : "HTTP";
  }

  static void ofRequest(Span span, RequestFacts facts) {
    if (facts.template() != null) {
      span.updateName(name(facts.method()) + " " + facts.template());
      span.setAttribute("http.route", facts.template());
    }
    method(span, facts.method());
    span.setAttribute("url.scheme", facts.scheme());
    text(span, "url.path", facts.path());
    text(span, "client.address", facts.client());
    host(span, facts.host());
    span.setAttribute(STATUS, (long) facts.status());
    String protocol = facts.protocol();
    if (protocol != null && protocol.startsWith("HTTP/")) {
      span.setAttribute("network.protocol.version", protocol.substring(5));
    }
    error(span, facts.status() >= 500 ? facts.status() : 0, facts.failure());
    text(span, "tidegate.request_id", facts.requestId());
    text(span, "tidegate.route", facts.route());
    text(span, "tidegate.upstream", facts.upstream());
    text(span, "tidegate.client_left", facts.leftDuring());
    if (facts.source() != null) {
      span.setAttribute("tidegate.source", facts.source().label());
    }
    span.setAttribute(ATTEMPTS, (long) facts.attempts());
  }

  static void ofAttempt(Span span, String method, String upstream, int number) {
    method(span, method);
    text(span, "tidegate.upstream", upstream);
    if (number > 1) {
      span.setAttribute(RESENT, (long) number - 1);
    }
  }

  static void ofEndpoint(Span span, String scheme, String host, int port, String target) {
    if (span.isRecording()) {
      span.setAttribute("server.address", host);
      span.setAttribute(SERVER_PORT, (long) port);
      // Queries carry secrets more often than they explain a trace.
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      span.setAttribute("url.full", scheme + "://" + name + ":" + port + path);
    }
  }

  static void ofOutcome(Span span, int status, String failure) {
    if (status > 0) {
      span.setAttribute(STATUS, (long) status);
    }
    error(span, status >= 400 ? status : 0, failure);
  }

  private static void method(Span span, String method) {
    boolean known = METHODS.contains(method);
    span.setAttribute("http.request.method", known ? method : "_OTHER");
    if (!known) {
      text(span, "http.request.method_original", method);
    }
  }

  private static void host(Span span, String host) {
    if (host == null) {
      return;
    }
    int colon = host.lastIndexOf(':');
    boolean port = colon > 0 && colon > host.lastIndexOf(']');
    span.setAttribute("server.address", port ? host.substring(0, colon) : host);
    if (port && host.substring(colon + 1).matches("\\d{1,5}")) {
      span.setAttribute(SERVER_PORT, Long.parseLong(host.substring(colon + 1)));
    }
  }

  private static void error(Span span, int status, String failure) {
    if (failure != null) {
      span.setAttribute("error.type", failure);
    } else if (status > 0) {
      span.setAttribute("error.type", Integer.toString(status));
    }
  }

  private static void text(Span span, String key, String value) {
    if (value != null) {
      span.setAttribute(key, value);
    }
  }
}
