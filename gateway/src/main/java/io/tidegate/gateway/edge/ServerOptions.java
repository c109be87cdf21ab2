package io.tidegate.gateway.edge;

import io.tidegate.gateway.security.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The port for clients.
 *
 * @param port 0: any free one
 * @param http2 h2 by ALPN with TLS; h2c with prior knowledge and by upgrade without
 * @param trustedProxies whose Forwarded and X-Forwarded-* are believed
 * @param drainDelay at shutdown, how long to go on accepting after readiness has turned to 503
 * @param drain at shutdown, how long requests in flight may take to finish
 */
public record ServerOptions(
    String host,
    int port,
    boolean http2,
    Optional<ServerTls> tls,
    boolean proxyProtocol,
    List<Cidr> trustedProxies,
    LimitOptions limits,
    Duration drainDelay,
    Duration drain) {
  public static final ServerOptions DEFAULTS =
      new ServerOptions(
          "0.0.0.0",
          8080,
          true,
          Optional.empty(),
          false,
          List.of(),
          LimitOptions.DEFAULTS,
          Duration.ZERO,
          Duration.ofSeconds(15));

  public ServerOptions {
    trustedProxies = List.copyOf(trustedProxies);
  }
}
