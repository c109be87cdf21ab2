package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.route.RequestTarget;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One request of a batch, as its JSON says it. */
record BatchItem(JsonObject json) implements Wish.Source {
  /** Keys that stand for the fields of a request. */
  private static final Map<String, String> FIELDS =
      Map.of(
          Wish.KEY, "idempotency_key",
          Wish.DELAY, "delay",
          Wish.RUN_AT, "run_at",
          Wish.DEADLINE, "deadline",
          Wish.PRIORITY, "priority",
          Wish.MAX_ATTEMPTS, "max_attempts",
          Wish.GROUP, "group",
          Wish.CALLBACK, "callback_url");

  private static final Set<String> KEYS = new TreeSet<>(FIELDS.values());

  static {
    KEYS.addAll(Set.of("method", "path", "headers", "body", "body_base64", "json"));
  }

  BatchItem {
    for (String key : json.fieldNames()) {
      if (!KEYS.contains(key)) {
        String found = String.valueOf(json.getValue(key));
        throw new WrongField(key, found, "one of " + String.join(", ", KEYS));
      }
    }
  }

  @Override
  public Optional<String> apply(String field) {
    return Optional.ofNullable(json.getValue(FIELDS.get(field))).map(String::valueOf);
  }

  /** As if it had come in on its own beside the batch. */
  Exchange.Head head(Exchange.Head batch) {
    String method = json.getString("method", "POST");
    if (!method.matches("[A-Z]{1,20}")) {
      throw new WrongField("method", method, "a method such as POST");
    }
    String uri = json.getString("path", "");
    int mark = uri.indexOf('?');
    RequestTarget target =
        RequestTarget.read(
            mark < 0 ? uri : uri.substring(0, mark), mark < 0 ? null : uri.substring(mark + 1));
    if (!uri.startsWith("/") || !(target instanceof RequestTarget.Valid valid)) {
      throw new WrongField("path", uri, "a path such as /reports");
    }
    return new Exchange.Head(
        HttpMethod.valueOf(method),
        batch.scheme(),
        batch.host(),
        valid.path(),
        valid.query(),
        headers(),
        batch.forwarding());
  }

  private MultiMap headers() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (Map.Entry<String, Object> field : json.getJsonObject("headers", new JsonObject())) {
      String value = String.valueOf(field.getValue());
      boolean fits =
          field.getKey().matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
              && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 127 && c < 256));
      if (!fits) {
        throw new WrongField("headers." + field.getKey(), value, "a field of a request");
      }
      headers.add(field.getKey(), value);
    }
    if (json.containsKey("json") && !headers.contains(HttpHeaders.CONTENT_TYPE)) {
      headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
    }
    apply(Wish.KEY).ifPresent(key -> headers.set(Wish.KEY, key));
    return headers;
  }

  Buffer body() {
    return body(json);
  }

  /** A body as such JSON says it, here and in answers. */
  static Buffer body(JsonObject json) {
    if (json.containsKey("json")) {
      return Buffer.buffer(Json.encode(json.getValue("json")));
    }
    byte[] binary = json.getBinary("body_base64");
    return binary != null ? Buffer.buffer(binary) : Buffer.buffer(json.getString("body", ""));
  }
}
