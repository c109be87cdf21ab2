package io.tidegate.gateway.upstream;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS towards an upstream.
 *
 * @param ca PEM file of the trusted authorities; empty: those of the Java runtime
 * @param certificate PEM file of our certificate chain, with {@code key}, for mutual TLS
 * @param serverName name sent (SNI) and verified; empty: the endpoint's host
 */
public record UpstreamTls(
    Optional<Path> ca,
    Optional<Path> certificate,
    Optional<Path> key,
    boolean verifyHost,
    Optional<String> serverName) {
  public static final UpstreamTls DEFAULTS =
      new UpstreamTls(Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());
}
