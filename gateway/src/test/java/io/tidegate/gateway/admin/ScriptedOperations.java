package io.tidegate.gateway.admin;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gateway that answers as it is told and remembers what it was asked. */
final class ScriptedOperations implements Operations {
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile Readiness readiness = Readiness.READY;
  volatile Reload reload = new Reload("v2", List.of(), List.of("server.port"));
  volatile Future<JsonObject> explanation =
      Future.succeededFuture(new JsonObject().put("route", "orders"));

  @Override
  public Readiness readiness() {
    return readiness;
  }

  @Override
  public Future<Scrape> metrics(String accept) {
    asked.add("metrics " + accept);
    return Future.succeededFuture(new Scrape("text/plain", Buffer.buffer("up 1")));
  }

  @Override
  public Future<JsonArray> routes() {
    return orders();
  }

  @Override
  public Future<JsonArray> upstreams() {
    return orders();
  }

  @Override
  public Future<JsonArray> events() {
    return orders();
  }

  private static Future<JsonArray> orders() {
    return Future.succeededFuture(new JsonArray().add(new JsonObject().put("id", "orders")));
  }

  @Override
  public Future<JsonObject> config() {
    return Future.succeededFuture(new JsonObject().put("version", "v1"));
  }

  @Override
  public Future<JsonObject> snapshot() {
    return Future.succeededFuture(new JsonObject().put("requests", 7));
  }

  @Override
  public Optional<Jobs> jobs() {
    return Optional.empty();
  }

  @Override
  public Future<Reload> reload() {
    return Future.succeededFuture(reload);
  }

  @Override
  public Future<Boolean> breaker(String upstream, BreakerOrder order) {
    asked.add("breaker " + upstream + " " + order);
    return Future.succeededFuture(upstream.equals("orders"));
  }

  @Override
  public Future<Long> purge(PurgeOrder order) {
    asked.add("purge " + order.kind() + " " + order.text() + " " + order.soft());
    return Future.succeededFuture(3L);
  }

  @Override
  public Future<JsonObject> cache() {
    return Future.succeededFuture(new JsonObject().put("memory", new JsonObject().put("bytes", 9)));
  }

  @Override
  public Future<Void> drain() {
    asked.add("drain");
    return Future.succeededFuture();
  }

  @Override
  public Future<JsonObject> explain(Question question) {
    asked.add("explain " + question.method() + " " + question.url() + " " + question.headers());
    return explanation;
  }
}
