package io.tidegate.gateway.admin;

import io.tidegate.worker.api.JobCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A job's request as operators see it: what may be secret only when they ask for it. */
final class RequestJson {
  private static final String HIDDEN = "***";

  /** Fields that say what a request is, and nothing of whose. */
  private static final Set<String> HARMLESS =
      Set.of(
          "accept",
          "accept-encoding",
          "accept-language",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          ":host",
          ":scheme",
          "user-agent");

  private RequestJson() {}

  static JsonObject of(JobCall call, boolean reveal) {
    JsonObject json =
        new JsonObject()
            .put("method", call.method())
            .put("path", reveal ? call.uri() : path(call.uri()))
            .put("headers", headers(call.headers().flat(), reveal))
            .put("body_bytes", call.body().length());
    if (reveal) {
      text(call.body())
          .ifPresentOrElse(
              text -> json.put("body", text),
              () ->
                  json.put(
                      "body_base64", Base64.getEncoder().encodeToString(call.body().getBytes())));
    }
    return json;
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query) + '?' + HIDDEN;
  }

  private static JsonObject headers(List<String> flat, boolean reveal) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < flat.size(); i += 2) {
      String name = flat.get(i).toLowerCase(Locale.ROOT);
      String value = reveal || HARMLESS.contains(name) ? flat.get(i + 1) : HIDDEN;
      json.put(name, json.containsKey(name) ? json.getString(name) + ", " + value : value);
    }
    return json;
  }

  private static Optional<String> text(Buffer body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString());
    } catch (CharacterCodingException binary) {
      return Optional.empty();
    }
  }
}
