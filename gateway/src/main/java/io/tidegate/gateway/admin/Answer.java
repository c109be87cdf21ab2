package io.tidegate.gateway.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What the admin port says to one request. */
record Answer(int status, String contentType, Buffer body, Map<String, String> headers) {
  static Answer ok(JsonObject body) {
    return json(200, body);
  }

  static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", line(body), Map.of());
  }

  /** RFC 9457; the type is left out, as the status says it all. */
  static Answer problem(int status, String detail) {
    return problem(status, detail, new JsonObject());
  }

  static Answer problem(int status, String detail, JsonObject more) {
    JsonObject body =
        new JsonObject()
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("detail", detail)
            .mergeIn(more);
    return new Answer(status, "application/problem+json", line(body), Map.of());
  }

  Answer with(String header, String value) {
    return new Answer(status, contentType, body, Map.of(header, value));
  }

  void writeTo(HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status);
    headers.forEach(response::putHeader);
    response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.end(body);
  }

  /** A newline at the end, for people with a terminal. */
  private static Buffer line(JsonObject body) {
    return body.toBuffer().appendByte((byte) '\n');
  }
}
