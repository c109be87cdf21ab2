package io.tidegate.metrics.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/** The gateway's meters. Handles for a route or an upstream are fetched when config is compiled. */
public interface GatewayMeters {
  /** Label of requests that no route matched. */
  String UNMATCHED = "none";

  /** Meters of a route, by its id. Each who asks is a holder and has to release them once. */
  RouteMeters route(String id);

  /** Meters of an upstream, by its name. Each who asks is a holder and has to release them once. */
  UpstreamMeters upstream(String name);

  /** Meters of the cache. */
  CacheMeters cache();

  /** A client connected. */
  void clientConnected();

  /** A client's connection is closed. */
  void clientDisconnected();

  /** Watches the calling event loop for delays, until its verticle is undeployed. */
  void watchLoop(Vertx vertx);

  /**
   * A config took effect.
   *
   * @param version its short hash
   */
  void configLoaded(String version);

  /** A changed config was refused; the one before stays. */
  void configRejected();

  /** Meters that other rooms name. */
  Meters custom();

  /**
   * Everything, as text for Prometheus. Collected off the event loop.
   *
   * @param accept the Accept header, which may ask for OpenMetrics; null: none
   */
  Future<Exposition> scrape(Vertx vertx, String accept);

  /**
   * Meters as text.
   *
   * @param contentType to answer with
   */
  record Exposition(String contentType, Buffer body) {}
}
