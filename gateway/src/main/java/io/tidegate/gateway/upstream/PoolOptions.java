package io.tidegate.gateway.upstream;

import java.time.Duration;

/**
 * Connections to an upstream, per node.
 *
 * @param connections calls on HTTP/1.1 connections at once; connections for HTTP/2
 * @param waiting calls that may wait for one
 * @param maxWait how long a call may wait
 * @param connectTimeout TCP and TLS handshake
 * @param idle how long an unused connection is kept
 * @param maxLife how long a connection is used at all
 */
public record PoolOptions(
    int connections,
    int waiting,
    Duration maxWait,
    Duration connectTimeout,
    Duration idle,
    Duration maxLife) {
  public static final PoolOptions DEFAULTS =
      new PoolOptions(
          64,
          256,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10));
}
