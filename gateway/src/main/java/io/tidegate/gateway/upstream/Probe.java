package io.tidegate.gateway.upstream;

import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The checks of one endpoint, one after the other; lives on one event loop. */
final class Probe {
  private final Vertx vertx;
  private final WebClient client;
  private final Endpoints endpoints;
  private final Endpoint endpoint;
  private final HealthOptions health;
  private final Runnable cut;
  private int passes;
  private int failures;
  private long timer = -1;
  private boolean stopped;

  /**
   * @param cut ends the connection of a check that was given up
   */
  Probe(
      Vertx vertx,
      WebClient client,
      Endpoints endpoints,
      Endpoint endpoint,
      HealthOptions health,
      Runnable cut) {
    this.vertx = vertx;
    this.client = client;
    this.endpoints = endpoints;
    this.endpoint = endpoint;
    this.health = health;
    this.cut = cut;
  }

  void run() {
    request()
        .as(new Discard())
        .send()
        .timeout(health.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(this::judge);
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    cut.run();
  }

  private HttpRequest<?> request() {
    HttpRequest<?> request =
        client
            .request(
                HttpMethod.GET,
                endpoint.address(),
                endpoint.port(),
                endpoint.peerName(),
                health.path())
            .ssl(endpoint.tls());
    boolean otherName = !endpoint.peerName().equals(endpoint.host());
    return otherName && !endpoints.options().http2()
        ? request.putHeader(HttpHeaders.HOST.toString(), endpoint.host() + ":" + endpoint.port())
        : request;
  }

  private void judge(AsyncResult<? extends HttpResponse<?>> result) {
    if (result.failed()) {
      cut.run();
    }
    if (stopped) {
      return;
    }
    if (result.succeeded() && health.expect().contains(result.result().statusCode())) {
      pass("status " + result.result().statusCode());
    } else {
      fail(result.succeeded() ? "status " + result.result().statusCode() : why(result.cause()));
    }
    timer = vertx.setTimer(pause(), next -> run());
  }

  private void pass(String seen) {
    endpoint.lastCheck(seen);
    failures = 0;
    if (endpoint.healthy()) {
      endpoints.passed(endpoint);
    } else if (++passes >= health.healthy()) {
      passes = 0;
      endpoints.passed(endpoint);
      endpoints.healthy(endpoint, true);
    }
  }

  private void fail(String seen) {
    endpoint.lastCheck(seen);
    passes = 0;
    if (endpoint.healthy() && ++failures >= health.unhealthy()) {
      failures = 0;
      endpoints.healthy(endpoint, false);
    }
  }

  /** Plus or minus a tenth, so that nodes and endpoints do not fall into step. */
  private long pause() {
    double factor = 0.9 + 0.2 * ThreadLocalRandom.current().nextDouble();
    return Math.max(1, (long) (health.interval().toMillis() * factor));
  }

  private static String why(Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "timeout";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
