package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.Gate.Head;
import io.tidegate.cache.Gate.Seen;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.ResponseCache;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two nodes that share a real Redis, through whatever may happen to it. */
@Timeout(60)
class RedisTierTest {
  private static final String PLAIN = "max-age=60, stale-while-revalidate=60";

  private final Vertx vertx = Vertx.vertx();
  private final Vertx elsewhere = Vertx.vertx();
  private final Counts counts = new Counts();
  private final Counts others = new Counts();
  private RedisProcess redis;
  private ResponseCache cache;
  private Gate here;
  private Gate there;

  @BeforeEach
  void deploy() throws Exception {
    redis = new RedisProcess(vertx);
    cache = node(vertx, counts);
    here = new Gate(vertx, cache, CachePolicy.DEFAULTS, this::origin);
    there = new Gate(elsewhere, node(elsewhere, others), CachePolicy.DEFAULTS, this::origin);
    eventually(() -> counts.count("sync ok") > 0 && others.count("sync ok") > 0);
  }

  private ResponseCache node(Vertx on, Counts meters) throws Exception {
    var tier =
        new CacheOptions.RedisTier(
            redis.options(), Duration.ofMillis(200), CacheOptions.RedisTier.NAMESPACE);
    return CacheVerticle.deploy(on, new CacheOptions(8 << 20, Optional.of(tier)), meters)
        .await(5, TimeUnit.SECONDS);
  }

  private Future<Head> origin(MultiMap request) {
    String language = request.get("Accept-Language");
    return Future.succeededFuture(
        Head.of(
            200,
            language == null ? "hello" : language,
            "Cache-Control",
            PLAIN,
            "Surrogate-Key",
            "news sport",
            language == null ? "X-A" : "Vary",
            "Accept-Language"));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    elsewhere.close().await(10, TimeUnit.SECONDS);
    redis.close();
  }

  /** Asks again and again, without holding up anybody, until it is so. */
  private void eventually(Callable<Boolean> condition) throws Exception {
    Promise<Void> so = Promise.promise();
    long timer =
        vertx.setPeriodic(
            5,
            fired -> {
              try {
                if (condition.call()) {
                  so.tryComplete();
                }
              } catch (Exception failure) {
                so.tryFail(failure);
              }
            });
    try {
      so.future().await(20, TimeUnit.SECONDS);
    } finally {
      vertx.cancelTimer(timer);
    }
  }

  private static Seen get(Gate gate, String path, String... headers) throws Exception {
    return gate.get(path, headers).await(10, TimeUnit.SECONDS);
  }

  private void stored(String path, String... headers) throws Exception {
    int before = counts.count("set ok");
    get(here, path, headers);
    eventually(() -> counts.count("set ok") > before);
  }

  @Test
  void whatOneNodeFetchesAnotherFinds() throws Exception {
    stored("/a");
    assertThat(get(there, "/a")).isEqualTo(new Seen(200, "hello", "Serve FRESH REDIS"));
    assertThat(get(there, "/a").how()).isEqualTo("Serve FRESH MEMORY");
    assertThat(there.calls).hasValue(0);
  }

  @Test
  void eachNodeFindsTheVariantItsRequestSelects() throws Exception {
    stored("/a", "Accept-Language", "de");
    stored("/a", "Accept-Language", "fr");
    eventually(() -> counts.count("set ok") == 4); // Two variants, and the note of them twice.
    assertThat(get(there, "/a", "Accept-Language", "fr").body()).isEqualTo("fr");
    assertThat(get(there, "/a", "Accept-Language", "de").body()).isEqualTo("de");
    assertThat(there.calls).hasValue(0);
    assertThat(get(there, "/a", "Accept-Language", "it").body()).isEqualTo("it");
    assertThat(there.calls).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "TAG, sport",
    "PREFIX, https://example.org/",
    "URL, https://example.org/a",
    "ALL, ''"
  })
  void whatIsPurgedOnOneNodeIsGoneFromRedisAtOnceAndFromTheOtherSoon(
      PurgeOrder.Kind kind, String text) throws Exception {
    stored("/a");
    get(there, "/a");
    assertThat(cache.purge(new PurgeOrder(kind, text, false)).await(5, TimeUnit.SECONDS))
        .isEqualTo(1);
    eventually(() -> counts.count("purge ok") > 0);
    assertThat(get(here, "/a").how()).isEqualTo("Lead");
    // No bus joins these nodes: the log in Redis alone tells.
    eventually(() -> others.count("evicted purged") > 0);
  }

  @Test
  void whatIsPurgedSoftlyIsServedOnceMoreWhileItIsRefreshed() throws Exception {
    stored("/a");
    cache.purge(new PurgeOrder(PurgeOrder.Kind.TAG, "news", true)).await(5, TimeUnit.SECONDS);
    eventually(() -> counts.count("purge ok") > 0);
    assertThat(get(there, "/a").how()).isEqualTo("Serve STALE_WHILE_REVALIDATE REDIS");
    eventually(() -> there.calls.get() == 1);
  }

  private String place() throws Exception {
    for (Response key : redis.run(Command.KEYS, CacheOptions.RedisTier.NAMESPACE + ":{*")) {
      if (!key.toString().contains("{orders}")) {
        return key.toString();
      }
    }
    throw new AssertionError("nothing was stored");
  }

  @Test
  void aTruncatedValueIsAMiss() throws Exception {
    stored("/a");
    Buffer value = redis.run(Command.GET, place()).toBuffer();
    Buffer half = value.getBuffer(0, value.length() / 2);
    redis.send(Request.cmd(Command.SET).arg(place()).arg(half)).await(5, TimeUnit.SECONDS);
    assertThat(get(there, "/a").how()).isEqualTo("Lead");
    assertThat(others.count("get rubbish")).isEqualTo(1);
  }

  @Test
  void aValueOfAnotherKindIsAMiss() throws Exception {
    stored("/a");
    String place = place();
    redis.run(Command.DEL, place);
    redis.run(Command.LPUSH, place, "something", "else");
    assertThat(get(there, "/a")).isEqualTo(new Seen(200, "hello", "Lead"));
    assertThat(others.count("get error")).isEqualTo(1);
  }

  @Test
  void aCounterOfAnotherKindClosesTheTierAndNothingElse() throws Exception {
    stored("/a");
    String counter = CacheOptions.RedisTier.NAMESPACE + ":{orders}:n";
    redis.run(Command.DEL, counter);
    redis.run(Command.LPUSH, counter, "rubbish");
    assertThat(get(there, "/a")).isEqualTo(new Seen(200, "hello", "Lead"));
    redis.run(Command.DEL, counter);
    int before = others.count("set ok");
    eventually(
        () -> {
          there.get("/b" + System.nanoTime());
          return others.count("set ok") > before;
        });
  }

  @Test
  void valuesFromBeforeTheOrdersWereLostAreNobodys() throws Exception {
    stored("/a");
    redis.run(Command.DEL, CacheOptions.RedisTier.NAMESPACE + ":{orders}:n");
    assertThat(get(there, "/a").how()).isEqualTo("Lead");
  }

  @Test
  void aFrozenRedisCostsOneDeadlineAndComesBack() throws Exception {
    stored("/a");
    long pid = redis.pid();
    RedisProcess.signal("STOP", pid);
    try {
      assertThat(get(there, "/a")).isEqualTo(new Seen(200, "hello", "Lead"));
      long from = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        assertThat(get(there, "/b" + i).status()).isEqualTo(200);
      }
      assertThat(System.nanoTime() - from).isLessThan(5_000_000_000L);
      assertThat(others.count("get timeout")).isLessThanOrEqualTo(4);
    } finally {
      RedisProcess.signal("CONT", pid);
    }
    comesBack();
  }

  /** Until something that this node stores is in Redis again. */
  private void comesBack() throws Exception {
    int before = counts.count("set ok");
    eventually(
        () -> {
          here.get("/c" + System.nanoTime());
          return counts.count("set ok") > before;
        });
  }

  @Test
  void aKilledRedisIsAMissAndIsFoundAgainWhenItIsBack() throws Exception {
    stored("/a");
    redis.kill();
    assertThat(get(there, "/a")).isEqualTo(new Seen(200, "hello", "Lead"));
    assertThat(get(here, "/a").how()).isEqualTo("Serve FRESH MEMORY");
    redis.start();
    comesBack();
  }

  @Test
  void aPurgeWhileRedisIsAwayReachesItLater() throws Exception {
    stored("/a");
    long pid = redis.pid();
    RedisProcess.signal("STOP", pid);
    try {
      cache.purge(new PurgeOrder(PurgeOrder.Kind.TAG, "news", false)).await(5, TimeUnit.SECONDS);
      eventually(() -> counts.count("purge timeout") + counts.count("purge skipped") > 0);
    } finally {
      RedisProcess.signal("CONT", pid);
    }
    eventually(() -> counts.count("purge ok") > 0);
    assertThat(get(there, "/a").how()).isEqualTo("Lead");
  }

  @Test
  void aFullRedisIsNotWrittenToAndStillRead() throws Exception {
    stored("/a");
    redis.run(Command.CONFIG, "SET", "maxmemory-policy", "noeviction");
    redis.run(Command.CONFIG, "SET", "maxmemory", "1");
    assertThat(get(here, "/b")).isEqualTo(new Seen(200, "hello", "Lead"));
    eventually(() -> counts.count("set error") > 0);
    assertThat(get(there, "/a").how()).isEqualTo("Serve FRESH REDIS");
  }
}
