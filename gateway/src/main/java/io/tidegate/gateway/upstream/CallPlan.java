package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.route.HeaderEditor;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.Rewriter;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.metrics.api.Span;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/** What a route's requests look like to its upstream; compiled once per route. */
public final class CallPlan {
  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final CharSequence TE = HttpHeaders.createOptimized("te");
  private static final CharSequence COOKIE = HttpHeaders.createOptimized("cookie");

  private final Rewriter rewriter;
  private final HeaderEditor edits;
  private final String hostPolicy;
  private final HostAndPort fixedHost;
  private final long attemptMillis;
  private final int priority;
  private final String via0;
  private final String via1;
  private final String via2;

  /**
   * @param via our own entry for Via, without the protocol version; unique to this process, so that
   *     a loop is seen
   */
  public CallPlan(RouteOptions route, Rewriter rewriter, HeaderEditor edits, String via) {
    this.rewriter = rewriter;
    this.edits = edits;
    this.hostPolicy = route.rewrite().host();
    this.fixedHost =
        hostPolicy.equals(RewriteOptions.KEEP) || hostPolicy.equals(RewriteOptions.UPSTREAM)
            ? null
            : HostAndPort.parseAuthority(hostPolicy, -1);
    this.attemptMillis = route.timeout().attempt().toMillis();
    this.priority = route.priority().ordinal();
    this.via0 = "1.0 " + via;
    this.via1 = "1.1 " + via;
    this.via2 = "2 " + via;
  }

  long attemptMillis() {
    return attemptMillis;
  }

  /** Places in a queue are lost to higher ones first. */
  public int priority() {
    return priority;
  }

  String uri(Exchange exchange) {
    Exchange.Head head = exchange.head();
    if (exchange.match() == null || rewriter == null) {
      return head.target();
    }
    String path = rewriter.rewrite(head.path());
    return head.query() == null ? path : path + '?' + head.query();
  }

  /** Writes the head of the upstream's request, but for what frames the body. */
  void prepare(Exchange exchange, Span trace, Endpoint endpoint, HttpClientRequest request) {
    MultiMap headers = request.headers();
    fill(exchange, trace, headers, request.version() == HttpVersion.HTTP_2);
    request.authority(authority(exchange, endpoint));
  }

  /** The fields of the upstream's request, without Host and what frames the body. */
  void fill(Exchange exchange, Span trace, MultiMap headers, boolean http2) {
    Exchange.Head head = exchange.head();
    Hop.copyRequest(head.headers(), headers);
    boolean trailers =
        head.headers().contains(TE) && Hop.hasToken(head.headers().getAll(TE), "trailers");
    joinCookies(headers);
    head.forwarding().writeTo(headers);
    headers.add(VIA, via(exchange.caller().version()));
    if (trailers) {
      headers.set(TE, "trailers");
      if (!http2) {
        headers.set(HttpHeaders.CONNECTION, "TE");
      }
    }
    if (trace != null) {
      trace.inject(headers);
    }
    if (edits != null) {
      edits.apply(headers);
    }
  }

  /** With the protocol in which the request came in (RFC 9110 §7.6.3). */
  private String via(HttpVersion received) {
    return switch (received) {
      case HTTP_1_0 -> via0;
      case HTTP_2 -> via2;
      default -> via1;
    };
  }

  HostAndPort authority(Exchange exchange, Endpoint endpoint) {
    if (fixedHost != null) {
      return fixedHost;
    }
    String asked = exchange.head().host();
    return hostPolicy.equals(RewriteOptions.KEEP) && !asked.isEmpty()
        ? HostAndPort.parseAuthority(asked, -1)
        : endpoint.authority();
  }

  /** HTTP/2 may send cookies in several fields; HTTP/1.1 wants one (RFC 9113 §8.2.3). */
  private static void joinCookies(MultiMap headers) {
    if (headers.contains(COOKIE)) {
      List<String> cookies = headers.getAll(COOKIE);
      if (cookies.size() > 1) {
        headers.set(COOKIE, String.join("; ", cookies));
      }
    }
  }
}
