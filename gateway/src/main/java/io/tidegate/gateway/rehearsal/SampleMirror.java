package io.tidegate.gateway.rehearsal;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The sample's mirrors: they show what reached the upstream. */
final class SampleMirror {
  private SampleMirror() {}

  /** {@code /echo}: the request as JSON; with {@code body=1} its body, as it comes in. */
  static void echo(Visit visit) {
    if (visit.query().flag("body", false)) {
      echoBody(visit.http());
    } else {
      describe(visit);
    }
  }

  private static void echoBody(HttpServerRequest request) {
    var response = request.response();
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    response.putHeader(HttpHeaders.CONTENT_TYPE, type == null ? "application/octet-stream" : type);
    if (request.method() == HttpMethod.HEAD) {
      response.end();
      return;
    }
    if (length != null) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
    } else {
      response.setChunked(true);
    }
    // An upload that breaks off must not look complete on its way back.
    request.pipe().endOnFailure(false).to(response).onFailure(broken -> response.reset());
  }

  private static void describe(Visit visit) {
    var request = visit.http();
    long[] size = {0};
    request.handler(chunk -> size[0] += chunk.length());
    request.endHandler(
        end -> {
          var told = visit.told("echo").put("method", request.method().name());
          told.put("path", request.path()).put("query", request.query());
          told.put("version", request.version().alpnName()).put("body-size", size[0]);
          told.put("remote", request.remoteAddress().hostAddress());
          visit.answer(200, told.put("headers", headers(request.headers())));
        });
  }

  /** {@code /headers}: the request's headers alone. */
  static void headers(Visit visit) {
    visit.answer(200, headers(visit.http().headers()));
  }

  private static JsonObject headers(MultiMap headers) {
    var told = new JsonObject();
    for (String name : headers.names()) {
      var values = headers.getAll(name);
      told.put(name, values.size() == 1 ? values.get(0) : new JsonArray(values));
    }
    return told;
  }

  /**
   * {@code /ws}: sends back every frame as it came; with {@code /ws?close=4001} answers the first
   * message by closing with that code.
   */
  static void converse(ServerWebSocket socket, int close) {
    socket.frameHandler(frame -> reflect(socket, frame, close));
    socket.drainHandler(room -> socket.resume());
    socket.exceptionHandler(gone -> socket.close());
  }

  private static void reflect(ServerWebSocket socket, WebSocketFrame frame, int close) {
    boolean data = frame.isText() || frame.isBinary() || frame.isContinuation();
    if (!data || socket.isClosed()) {
      return; // pings and closes are answered by the server itself
    }
    if (close != 0) {
      socket.close((short) close, "as asked");
      return;
    }
    socket.writeFrame(frame);
    if (socket.writeQueueFull()) {
      socket.pause();
    }
  }
}
