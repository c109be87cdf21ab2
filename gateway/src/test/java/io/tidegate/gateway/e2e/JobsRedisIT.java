package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways that keep their jobs in one Redis. */
@Timeout(120)
class JobsRedisIT {
  private static RawUpstream upstream;
  private static RedisNode redis;
  private static TidegateProcess one;
  private static TidegateProcess two;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.ok("done"));
    redis = RedisNode.start();
    String file =
        """
        upstreams:
          origin: {endpoints: ['%s']}
        queues:
          work: {retry: {attempts: 2, backoff: {base: 50ms, max: 50ms}}}
        routes:
          - {id: work, match: {path: /tasks/**}, upstream: origin, async: {queue: work, when: always}}
        stores:
          redis: {url: '%s'}
          jobs: {engine: redis, prefix: it}
        """
            .formatted(upstream.url(), redis.url());
    one = TidegateProcess.start(file);
    two = TidegateProcess.start(file);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    redis.close();
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
