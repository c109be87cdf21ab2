package io.tidegate.gateway.admin;

import io.tidegate.gateway.admin.Operations.BreakerOrder;
import io.tidegate.gateway.admin.Operations.Question;
import io.tidegate.gateway.admin.Operations.Readiness;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns requests to the admin port into {@link Operations} and their results into answers.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>GET /health/live<td>200 {@code {"status":"live"}}
 * <tr><td>GET /health/ready<td>200 {@code {"status":"ready","reasons":[]}}, 503 {@code {"status":
 *     "not ready","reasons":["draining"]}}
 * <tr><td>GET /metrics<td>200, Prometheus or OpenMetrics text
 * <tr><td>GET /routes, /upstreams, /events<td>200 {@code {"routes":[…]}} and so on
 * <tr><td>GET /config, /snapshot<td>200, an object
 * <tr><td>POST /reload<td>200 {@code {"status":"reloaded","version":"…","restart":[…]}}; 422, a
 *     problem with {@code errors} and {@code version}, when the file was not taken
 * <tr><td>POST /upstreams/{name}/breaker<td>{@code {"state":"isolated"}} or {@code "closed"}, as
 *     body or {@code ?state=}: 200 {@code {"upstream":"…","state":"…"}}; 400; 404
 * <tr><td>POST /drain<td>202 {@code {"status":"draining"}}
 * <tr><td>POST /explain<td>{@code {"method":"GET","url":"/a?b","headers":{"name":"value"}}}: 200, an
 *     object; 400
 * </table>
 */
final class Desk {
  private static final Map<String, BreakerOrder> ORDERS =
      Map.of("isolated", BreakerOrder.ISOLATE, "closed", BreakerOrder.CLOSE);

  private final Operations operations;

  Desk(Operations operations) {
    this.operations = operations;
  }

  Future<Answer> live() {
    return Future.succeededFuture(Answer.ok(new JsonObject().put("status", "live")));
  }

  Future<Answer> ready() {
    Readiness readiness = operations.readiness();
    JsonObject body =
        new JsonObject()
            .put("status", readiness.ready() ? "ready" : "not ready")
            .put("reasons", new JsonArray(readiness.reasons()));
    return Future.succeededFuture(Answer.json(readiness.ready() ? 200 : 503, body));
  }

  Future<Answer> metrics(HttpServerRequest request) {
    String accept = request.getHeader("Accept");
    return operations
        .metrics(accept == null ? "" : accept)
        .map(text -> new Answer(200, text.contentType(), text.body(), Map.of()));
  }

  Future<Answer> routes() {
    return list("routes", operations.routes());
  }

  Future<Answer> upstreams() {
    return list("upstreams", operations.upstreams());
  }

  Future<Answer> events() {
    return list("events", operations.events());
  }

  Future<Answer> config() {
    return operations.config().map(Answer::ok);
  }

  Future<Answer> snapshot() {
    return operations.snapshot().map(Answer::ok);
  }

  Future<Answer> reload() {
    return operations
        .reload()
        .map(
            reload -> {
              JsonObject version = new JsonObject().put("version", reload.version());
              return reload.errors().isEmpty()
                  ? Answer.ok(
                      new JsonObject()
                          .put("status", "reloaded")
                          .mergeIn(version)
                          .put("restart", new JsonArray(reload.restart())))
                  : Answer.problem(
                      422,
                      "The file is not valid; the configuration in force stays.",
                      version.put("errors", new JsonArray(reload.errors())));
            });
  }

  Future<Answer> breaker(String upstream, Optional<String> state) {
    BreakerOrder order = ORDERS.get(state.orElse(""));
    if (order == null) {
      return problem(400, "state: expected isolated or closed");
    }
    return operations
        .breaker(upstream, order)
        .map(
            known ->
                known
                    ? Answer.ok(
                        new JsonObject().put("upstream", upstream).put("state", state.get()))
                    : Answer.problem(404, "There is no such upstream."));
  }

  Future<Answer> drain() {
    return operations
        .drain()
        .map(begun -> Answer.json(202, new JsonObject().put("status", "draining")));
  }

  Future<Answer> explain(Buffer body) {
    Question question;
    try {
      question = question(body == null ? new JsonObject() : new JsonObject(body));
    } catch (DecodeException | ClassCastException e) {
      return problem(
          400, "expected: {\"method\":\"GET\",\"url\":\"/path\",\"headers\":{\"name\":\"value\"}}");
    } catch (IllegalArgumentException e) {
      return problem(400, e.getMessage());
    }
    return operations
        .explain(question)
        .map(Answer::ok)
        .recover(
            failure ->
                failure instanceof IllegalArgumentException
                    ? problem(400, failure.getMessage())
                    : Future.failedFuture(failure));
  }

  /** The wanted state of {@code ?state=}, else of the body; empty when neither names one. */
  static Optional<String> state(HttpServerRequest request, Buffer body) {
    String inQuery = request.getParam("state");
    if (inQuery != null || body == null || body.length() == 0) {
      return Optional.ofNullable(inQuery);
    }
    try {
      return Optional.ofNullable(new JsonObject(body).getString("state"));
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }

  /** What the audit notes of it: nothing that a stranger could have made up. */
  static String order(HttpServerRequest request, Buffer body) {
    return state(request, body).map(asked -> ORDERS.containsKey(asked) ? asked : "?").orElse("");
  }

  private static Question question(JsonObject json) {
    // Values of another type are no text, although JsonObject.getString would make them one.
    if (!(json.getValue("url") instanceof String url) || url.isEmpty()) {
      throw new IllegalArgumentException("url: missing (expected: a path or an absolute URL)");
    }
    List<Map.Entry<String, String>> headers =
        json.getJsonObject("headers", new JsonObject()).stream().flatMap(Desk::lines).toList();
    return new Question(json.getString("method", "GET"), url, headers);
  }

  /** A field may have one value or a list of them. */
  private static Stream<Map.Entry<String, String>> lines(Map.Entry<String, Object> field) {
    Stream<?> values =
        field.getValue() instanceof JsonArray several
            ? several.stream()
            : Stream.of(field.getValue());
    return values.map(value -> Map.entry(field.getKey(), String.valueOf(value)));
  }

  private static Future<Answer> list(String name, Future<JsonArray> items) {
    return items.map(all -> Answer.ok(new JsonObject().put(name, all)));
  }

  private static Future<Answer> problem(int status, String detail) {
    return Future.succeededFuture(Answer.problem(status, detail));
  }
}
