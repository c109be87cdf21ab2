package io.tidegate.gateway.e2e;

import java.util.concurrent.atomic.AtomicInteger;

/** Asks a gateway with a cache, and reads what the cache says of itself. */
final class CacheClient {
  private CacheClient() {}

  static RawClient.Response get(TidegateProcess gateway, String path, String... fields) {
    return ask(gateway, "GET", path, fields);
  }

  static RawClient.Response ask(
      TidegateProcess gateway, String method, String path, String... fields) {
    try (var client = RawClient.connect(gateway.port())) {
      return client.send(request(method, path, fields)).response(method);
    }
  }

  static String request(String method, String path, String... fields) {
    var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: a.test\r\n");
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    return text.append("Connection: close\r\n\r\n").toString();
  }

  /** Cache-Status, or "". */
  static String status(RawClient.Response response) {
    return response.header("cache-status").orElse("");
  }

  /** 200 with a body that counts calls, and fields of the test's choice. */
  static RawUpstream.Behaviour counting(String... fields) {
    var calls = new AtomicInteger();
    String head = String.join("\r\n", fields);
    return (request, connection) -> {
      request.body();
      String body = "answer " + calls.incrementAndGet();
      connection.write(
          "HTTP/1.1 200 OK\r\n"
              + head
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + (request.method().equals("HEAD") ? "" : body));
    };
  }
}
