package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.Gate.Head;
import io.tidegate.cache.Gate.Seen;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.ResponseCache;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many ask at once for what is not stored: what the origin sees, and what they get. */
@ExtendWith(VertxExtension.class)
@Timeout(30)
class CoalescingTest {
  private static final int MANY = 1_000;

  private final Promise<Head> answer = Promise.promise();
  private final Promise<Void> called = Promise.promise();
  private ResponseCache cache;
  private Gate gate;

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    cache =
        CacheVerticle.deploy(vertx, new CacheOptions(8 << 20, Optional.empty()), new Counts())
            .await(5, TimeUnit.SECONDS);
    gate = new Gate(vertx, cache, CachePolicy.DEFAULTS, this::first);
  }

  private Future<Head> first(MultiMap request) {
    called.tryComplete();
    return answer.future();
  }

  /** Lets many ask; completes when all of them have asked and the origin was called. */
  private List<Future<Seen>> many() throws Exception {
    List<Future<Seen>> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      all.add(gate.get("/a"));
    }
    called.future().await(10, TimeUnit.SECONDS);
    return all;
  }

  private static List<Seen> results(List<Future<Seen>> all) throws Exception {
    return Future.all(all).<List<Seen>>map(done -> done.list()).await(20, TimeUnit.SECONDS);
  }

  @Test
  void aThousandMissesAreOneCall() throws Exception {
    List<Future<Seen>> all = many();
    answer.complete(Head.of(200, "hello", "Cache-Control", "max-age=60"));
    assertThat(results(all)).allMatch(seen -> seen.status() == 200 && seen.body().equals("hello"));
    assertThat(gate.calls).hasValue(1);
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).how()).isEqualTo("Serve FRESH MEMORY");
  }

  @Test
  void whoWaitsReadsASlowBodyAsItArrives() throws Exception {
    Promise<Boolean> end = Promise.promise();
    List<Future<Seen>> all = many();
    Head head = Head.of(200, "begin", "Cache-Control", "max-age=60");
    answer.complete(
        new Head(
            200, head.headers(), List.of(Buffer.buffer("be"), Buffer.buffer("gin")), end.future()));
    Future<Seen> late = gate.get("/a");
    end.complete(true);
    assertThat(results(all)).allMatch(seen -> seen.body().equals("begin"));
    assertThat(late.await(5, TimeUnit.SECONDS).body()).isEqualTo("begin");
    assertThat(gate.calls).hasValue(1);
  }
}
