package io.tidegate.gateway.security;

import static io.tidegate.gateway.security.ForwardedChain.FOR;
import static io.tidegate.gateway.security.ForwardedChain.FORWARDED;
import static io.tidegate.gateway.security.ForwardedChain.HOST;
import static io.tidegate.gateway.security.ForwardedChain.PORT;
import static io.tidegate.gateway.security.ForwardedChain.PROTO;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/**
 * Where a request came from, as far as it can be believed, and what the upstream is told of it.
 *
 * @param clientIp the client's address in canonical form (RFC 5952 for IPv6); {@code unknown} for a
 *     peer without one, such as a Unix socket
 * @param scheme {@code http} or {@code https}: what the client used
 * @param host what the client asked for, with port when it gave one; empty when it gave none
 * @param forwarded value of the Forwarded field to send
 * @param forwardedFor value of X-Forwarded-For to send
 * @param believed whether the peer's own word went into it
 */
public record Forwarding(
    String clientIp,
    String scheme,
    String host,
    String forwarded,
    String forwardedFor,
    boolean believed) {
  private static final CharSequence[] CLAIMS = {
    HttpHeaders.createOptimized("x-forwarded-prefix"),
    HttpHeaders.createOptimized("x-forwarded-scheme"),
    HttpHeaders.createOptimized("x-forwarded-ssl"),
    HttpHeaders.createOptimized("x-forwarded-server"),
    HttpHeaders.createOptimized("x-real-ip")
  };

  /**
   * Writes Forwarded and X-Forwarded-For, -Proto and -Host, in place of any that are there.
   * X-Forwarded-Port goes, since the host has the port; what else an untrusted peer may claim about
   * its origin goes with it.
   */
  public void writeTo(MultiMap outbound) {
    outbound.set(FORWARDED, forwarded);
    outbound.set(FOR, forwardedFor);
    outbound.set(PROTO, scheme);
    if (host.isEmpty()) {
      outbound.remove(HOST);
    } else {
      outbound.set(HOST, host);
    }
    outbound.remove(PORT);
    if (!believed) {
      for (CharSequence claim : CLAIMS) {
        outbound.remove(claim);
      }
    }
  }
}
