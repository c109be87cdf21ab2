package io.tidegate.gateway.edge;

import java.time.Duration;

/**
 * What a client may ask of the server; sizes in bytes.
 *
 * @param requestLine method, target and version: 414 beyond
 * @param headers all header lines together: 431 beyond
 * @param headerCount header lines: 431 beyond
 * @param body request body: 413 beyond
 * @param headerTimeout from a request's first byte to the end of its head: 408 beyond
 * @param idleTimeout without a byte either way on a connection
 * @param connections open client connections
 */
public record LimitOptions(
    int requestLine,
    int headers,
    int headerCount,
    long body,
    Duration headerTimeout,
    Duration idleTimeout,
    int connections) {
  public static final LimitOptions DEFAULTS =
      new LimitOptions(
          8 * 1024,
          32 * 1024,
          100,
          10L * 1024 * 1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          10_000);
}
