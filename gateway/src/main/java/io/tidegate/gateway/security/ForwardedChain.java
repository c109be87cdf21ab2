package io.tidegate.gateway.security;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The way of a request as a trusted peer tells it.
 *
 * @param hops the client's side first; the last was reported by the peer itself
 * @param proto what is said of the scheme without a hop to say it of; empty when nothing is
 * @param host likewise
 */
record ForwardedChain(List<Hop> hops, String proto, String host) {
  /** More than any sane way here; longer ones are taken for malformed. */
  static final int MAX_HOPS = 64;

  static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");
  static final CharSequence FOR = HttpHeaders.createOptimized("x-forwarded-for");
  static final CharSequence PROTO = HttpHeaders.createOptimized("x-forwarded-proto");
  static final CharSequence HOST = HttpHeaders.createOptimized("x-forwarded-host");
  static final CharSequence PORT = HttpHeaders.createOptimized("x-forwarded-port");

  /** Empty when there is no Forwarded field or it is malformed. */
  static Optional<ForwardedChain> ofForwarded(MultiMap headers) {
    return headers.contains(FORWARDED)
        ? ForwardedParser.parse(joined(headers, FORWARDED))
            .filter(hops -> !hops.isEmpty())
            .map(hops -> new ForwardedChain(hops, "", ""))
        : Optional.empty();
  }

  /**
   * Empty when there is no X-Forwarded field or one of them is malformed. They have no
   * specification: lists are aligned with X-Forwarded-For from the right, where the nearest proxy
   * wrote; shorter ones are taken to have been written by the farthest.
   */
  static Optional<ForwardedChain> ofXForwarded(MultiMap headers) {
    boolean any = headers.contains(FOR) || headers.contains(PROTO) || headers.contains(HOST);
    Optional<List<Hop>> nodes = list(headers, FOR, Hop::parseLoosely);
    Optional<List<String>> protos = list(headers, PROTO, Hop::proto);
    Optional<List<String>> hosts =
        list(headers, HOST, host -> Optional.of(host).filter(Hop::isHost));
    if (!any || nodes.isEmpty() || protos.isEmpty() || hosts.isEmpty()) {
      return Optional.empty();
    }
    List<Hop> hops = new ArrayList<>(nodes.get().size());
    int fromRight = nodes.get().size();
    for (Hop node : nodes.get()) {
      hops.add(node.with(aligned(protos.get(), fromRight), aligned(hosts.get(), fromRight)));
      fromRight--;
    }
    return Optional.of(
        new ForwardedChain(hops, aligned(protos.get(), 1), aligned(hosts.get(), 1))
            .withPort(headers.get(PORT)));
  }

  private static String aligned(List<String> values, int fromRight) {
    return values.isEmpty() ? "" : values.get(Math.max(0, values.size() - fromRight));
  }

  /** X-Forwarded-Port completes a host that came without one; a malformed port is not there. */
  private ForwardedChain withPort(String port) {
    if (port == null || !port.matches("\\d{1,5}")) {
      return this;
    }
    List<Hop> completed =
        hops.stream()
            .map(hop -> hop.with(hop.proto(), complete(hop.proto(), hop.host(), port)))
            .toList();
    return new ForwardedChain(completed, proto, complete(proto, host, port));
  }

  private static String complete(String proto, String host, String port) {
    boolean implied = proto.equals("https") ? port.equals("443") : port.equals("80");
    boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
    return host.isEmpty() || hasPort || implied ? host : host + ":" + port;
  }

  private static <V> Optional<List<V>> list(
      MultiMap headers, CharSequence name, Function<String, Optional<V>> reader) {
    if (!headers.contains(name)) {
      return Optional.of(List.of());
    }
    List<V> values = new ArrayList<>();
    for (String item : joined(headers, name).split(",", -1)) {
      Optional<V> value = reader.apply(item.trim());
      if (value.isEmpty() || values.size() == MAX_HOPS) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(values);
  }

  private static String joined(MultiMap headers, CharSequence name) {
    return String.join(",", headers.getAll(name));
  }
}
