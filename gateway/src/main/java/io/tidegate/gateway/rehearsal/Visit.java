package io.tidegate.gateway.rehearsal;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * One request to the sample upstream.
 *
 * @param count requests that this path has had so far, this one included
 */
record Visit(HttpServerRequest http, Query query, long count) {
  /** Answers with {@code body} on one line; statuses that have no body get none. */
  void answer(int status, JsonObject body) {
    var response = http.response().setStatusCode(status);
    if (status == 204 || status == 304) {
      response.end();
      return;
    }
    var bytes = body.toBuffer().appendString("\n");
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    if (http.method() == HttpMethod.HEAD) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length())).end();
      return;
    }
    response.end(bytes);
  }

  /** The body that every plain answer starts from. */
  JsonObject told(String what) {
    return new JsonObject().put("sample", what).put("request", count);
  }
}
