package io.tidegate.gateway.e2e;

import static io.tidegate.gateway.e2e.CacheClient.counting;
import static io.tidegate.gateway.e2e.CacheClient.get;
import static io.tidegate.gateway.e2e.CacheClient.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways with one Redis: what that brings, and that its absence costs misses only. */
@Timeout(120)
class CacheRedisIT {
  private static RawUpstream upstream;
  private static RedisNode redis;
  private static TidegateProcess one;
  private static TidegateProcess two;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    redis = RedisNode.start();
    String file =
        """
        upstreams:
          origin: {endpoints: ['%s'], breaker: false, outlier: false}
        routes:
          - {id: all, match: {path: /**}, upstream: origin, cache: {tags: [all]}}
        stores:
          redis: {url: '%s'}
          cache: {redis: true, timeout: 200ms}
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
  void withoutRedisRequestsAreAnsweredAndItIsUsedAgainWhenItIsBack() {
    upstream.behave(counting("Cache-Control: max-age=600"));
    shared("/before");
    redis.stop();

    for (int i = 0; i < 20; i++) {
      assertThat(get(one, "/away-" + i).status()).isEqualTo(200);
      assertThat(status(get(one, "/away-" + i))).startsWith("tidegate; hit");
    }
    redis.restart();

    assertThat(status(shared("/after"))).startsWith("tidegate-redis; hit");
  }
}
