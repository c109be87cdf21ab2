package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;

/** Two gateways that keep their jobs in one Redis. */
@Timeout(120)
class JobsRedisIT {
  private static RawUpstream upstream;
  private static RedisServer redis;
  private static TidegateProcess one;
  private static TidegateProcess two;

  @BeforeAll
  static void start() throws IOException {
    upstream = RawUpstream.start(RawUpstream.ok("done"));
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    redis =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    redis.start();
    String file =
        """
        upstreams:
          origin: {endpoints: ['%s']}
        queues:
          work: {retry: {attempts: 2, backoff: {base: 50ms, max: 50ms}}}
        routes:
          - {id: work, match: {path: /tasks/**}, upstream: origin, async: {queue: work, when: always}}
        stores:
          redis: {url: 'redis://127.0.0.1:%d'}
          jobs: {engine: redis, prefix: it}
        """
            .formatted(upstream.url(), port);
    one = TidegateProcess.start(file);
    two = TidegateProcess.start(file);
  }

  @AfterAll
  static void stop() throws IOException {
    one.close();
    two.close();
    redis.stop();
    upstream.close();
  }

  private static RawClient.Response ask(
      TidegateProcess gateway, String method, String path, String... fields) {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    return RawClient.exchange(
        gateway.port(),
        method + " " + path + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n" + more + "\r\n");
  }

  @Test
  void eachGatewayAnswersForTheJobsOfTheOther() {
    RawClient.Response accepted = ask(one, "POST", "/tasks/1");
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(new JsonObject(accepted.text()).getString("durability")).isEqualTo("os");
    String job = accepted.header("location").orElseThrow();

    RawClient.Response result = ask(two, "GET", job + "/result", "Prefer: wait=20");

    assertThat(result.status()).isEqualTo(200);
    assertThat(result.text()).isEqualTo("done");
    assertThat(ask(one, "GET", job).text()).contains("\"succeeded\"");
  }

  @Test
  void oneKeyIsOneJobWhicheverGatewayIsAsked() {
    String key = "Idempotency-Key: \"shared\"";
    RawClient.Response first = ask(one, "POST", "/tasks/2", key);
    RawClient.Response again = ask(two, "POST", "/tasks/2", key);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.header("location")).isEqualTo(first.header("location"));
    assertThat(again.header("idempotency-replayed")).contains("true");
  }
}
