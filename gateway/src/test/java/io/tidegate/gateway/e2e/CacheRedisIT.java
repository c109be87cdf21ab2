package io.tidegate.gateway.e2e;

import static io.tidegate.gateway.e2e.CacheClient.counting;
import static io.tidegate.gateway.e2e.CacheClient.get;
import static io.tidegate.gateway.e2e.CacheClient.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;

/** Two gateways with one Redis: what that brings, and that its absence costs misses only. */
@Timeout(120)
class CacheRedisIT {
  private static RawUpstream upstream;
  private static RedisServer redis;
  private static int port;
  private static TidegateProcess one;
  private static TidegateProcess two;

  @BeforeAll
  static void start() throws IOException {
    upstream = RawUpstream.start(RawUpstream.OK);
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    startRedis();
    String file =
        """
        upstreams:
          origin: {endpoints: ['%s'], breaker: false, outlier: false}
        routes:
          - {id: all, match: {path: /**}, upstream: origin, cache: {tags: [all]}}
        stores:
          redis: {url: 'redis://127.0.0.1:%d'}
          cache: {redis: true, timeout: 200ms}
        """
            .formatted(upstream.url(), port);
    one = TidegateProcess.start(file);
    two = TidegateProcess.start(file);
  }

  private static void startRedis() throws IOException {
    redis =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    redis.start();
  }

  @AfterAll
  static void stop() throws IOException {
    one.close();
    two.close();
    redis.stop();
    upstream.close();
  }

  /** What is written behind the answer is there when the other gateway finds it. */
  private static RawClient.Response shared(String path) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    int variant = 0;
    while (true) {
      String target = path + "?" + variant++;
      get(one, target);
      var answer = get(two, target);
      if (status(answer).startsWith("tidegate-redis; hit") || System.nanoTime() > end) {
        return answer;
      }
    }
  }

  @Test
  void anotherGatewayFindsWhatOneHasStored() {
    upstream.behave(counting("Cache-Control: max-age=600"));

    assertThat(status(shared("/shared"))).startsWith("tidegate-redis; hit; ttl=");
  }

  @Test
  void withoutRedisRequestsAreAnsweredAndItIsUsedAgainWhenItIsBack() throws IOException {
    upstream.behave(counting("Cache-Control: max-age=600"));
    shared("/before");
    redis.stop();

    for (int i = 0; i < 20; i++) {
      assertThat(get(one, "/away-" + i).status()).isEqualTo(200);
      assertThat(status(get(one, "/away-" + i))).startsWith("tidegate; hit");
    }
    startRedis();

    assertThat(status(shared("/after"))).startsWith("tidegate-redis; hit");
  }
}
