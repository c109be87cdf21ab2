package io.tidegate.gateway.admin;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides who may use the admin port. With a token: who shows it. Without one the port is on
 * loopback, and the danger is a web page in the operator's own browser: one that had its name
 * resolve to 127.0.0.1 is given away by Host, one that posts across origins by Origin.
 */
final class Guard {
  private static final String SCHEME = "bearer ";

  private final Optional<byte[]> token;

  /**
   * @throws IllegalArgumentException when the port would be open to others without a token
   */
  Guard(AdminOptions options) {
    if (options.token().isEmpty() && !isLoopback(options.host())) {
      throw new IllegalArgumentException(
          "admin.token: missing (expected: a token, since admin.host "
              + options.host()
              + " is not a loopback address)");
    }
    token = options.token().map(Guard::digest);
  }

  /** Why this request is refused, if it is. */
  Optional<Answer> refusal(HttpServerRequest request) {
    Optional<Answer> stranger = token.isPresent() ? withoutToken(request) : fromAfar(request);
    return stranger.or(() -> acrossOrigins(request));
  }

  /** How the audit names who was let in. */
  String means() {
    return token.isPresent() ? "token" : "loopback";
  }

  private Optional<Answer> withoutToken(HttpServerRequest request) {
    String shown = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (shown == null || !shown.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Optional.of(
          Answer.problem(401, "A bearer token is needed.")
              .with("WWW-Authenticate", "Bearer realm=\"tidegate\""));
    }
    // Digests have one length, so the time taken tells nothing about the token, not even how long
    // it is.
    byte[] digest = digest(shown.substring(SCHEME.length()).trim());
    return MessageDigest.isEqual(digest, token.orElseThrow())
        ? Optional.empty()
        : Optional.of(
            Answer.problem(401, "The bearer token is wrong.")
                .with("WWW-Authenticate", "Bearer realm=\"tidegate\", error=\"invalid_token\""));
  }

  private static Optional<Answer> fromAfar(HttpServerRequest request) {
    HostAndPort host = request.authority();
    return host != null && isLoopback(host.host())
        ? Optional.empty()
        : Optional.of(
            Answer.problem(403, "Without a token this port answers for loopback names only."));
  }

  private static Optional<Answer> acrossOrigins(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    boolean reads = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    return reads || origin == null || isOwn(origin, request.authority())
        ? Optional.empty()
        : Optional.of(Answer.problem(403, "Requests from other origins are refused."));
  }

  private static boolean isOwn(String origin, HostAndPort authority) {
    try {
      String theirs = URI.create(origin).getAuthority();
      return theirs != null && authority != null && theirs.equalsIgnoreCase(written(authority));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String written(HostAndPort authority) {
    return authority.port() < 0 ? authority.host() : authority.host() + ":" + authority.port();
  }

  static boolean isLoopback(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      return host.equalsIgnoreCase("localhost");
    }
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
