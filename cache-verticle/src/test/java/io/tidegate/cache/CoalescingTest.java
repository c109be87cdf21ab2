package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.Gate.Head;
import io.tidegate.cache.Gate.Seen;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.api.Verdict;
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

  @Test
  void whoWaitsForAnAnswerForOneRequestIsReleasedAndNobodyWaitsForAWhile() throws Exception {
    List<Future<Seen>> all = many();
    answer.complete(Head.of(200, "mine", "Cache-Control", "private"));
    assertThat(results(all)).allMatch(seen -> seen.body().equals("mine"));
    assertThat(gate.calls).hasValue(MANY);
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).how())
        .isEqualTo("Pass hit-for-miss private");
  }

  @Test
  void anAnswerThatCanBeStoredAgainEndsTheTimeInWhichNobodyWaits() throws Exception {
    answer.complete(Head.of(200, "mine", "Cache-Control", "private"));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    gate.origin(any -> Future.succeededFuture(fresh("all")));
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).how()).isEqualTo("Pass hit-for-miss");
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).how()).isEqualTo("Serve FRESH MEMORY");
  }

  private static Head fresh(String body) {
    return Head.of(200, body, "Cache-Control", "max-age=60");
  }

  @Test
  void whoWaitsForACallThatFailsSharesItsFailureAndWhoComesLaterCalls() throws Exception {
    List<Future<Seen>> all = many();
    answer.fail("refused");
    assertThat(results(all)).allMatch(seen -> seen.status() == 502);
    int calls = gate.calls.get();
    gate.origin(any -> Future.succeededFuture(fresh("back")));
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).body()).isEqualTo("back");
    assertThat(gate.calls).hasValue(calls + 1);
  }

  @Test
  void anErrorOfTheOriginIsSharedByItsStatusOnly() throws Exception {
    Future<Seen> leader = gate.get("/a");
    called.future().await(5, TimeUnit.SECONDS);
    Promise<Verdict> verdict = Promise.promise();
    cache.ask(gate.query("GET", "/a")).onComplete(verdict);
    // The question above is in line before the answer is told.
    cache
        .purge(new PurgeOrder(PurgeOrder.Kind.URL, "https://example.org/none", false))
        .await(5, TimeUnit.SECONDS);
    answer.complete(Head.of(503, "for you alone", "Set-Cookie", "a=b"));
    assertThat(leader.await(5, TimeUnit.SECONDS).body()).isEqualTo("for you alone");
    assertThat(verdict.future().await(5, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Verdict.Failed.class,
            failed ->
                assertThat(failed.failure())
                    .isEqualTo(
                        new FetchFailure(
                            FetchFailure.ORIGIN_ERROR, 503, "the upstream answered 503", 0)));
  }

  @Test
  void aBodyThatBreaksOffIsBrokenForAllAndStoredForNobody() throws Exception {
    Promise<Boolean> end = Promise.promise();
    List<Future<Seen>> all = many();
    answer.complete(new Head(200, fresh("").headers(), List.of(Buffer.buffer("ha")), end.future()));
    end.complete(false);
    assertThat(results(all))
        .allMatch(seen -> seen.body().equals("ha") == seen.how().endsWith("broken"));
    gate.origin(any -> Future.succeededFuture(fresh("whole")));
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS)).isEqualTo(new Seen(200, "whole", "Lead"));
  }

  @Test
  void aBodyShorterThanDeclaredIsBroken() throws Exception {
    Head head = fresh("short");
    head.headers().set("Content-Length", "10");
    answer.complete(head);
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).how()).isEqualTo("Lead broken");
    assertThat(cache.lookup(gate.query("GET", "/a"))).isInstanceOf(Verdict.Ask.class);
  }

  @Test
  void whoAsksForAnotherVariantIsNotGivenThisOne() throws Exception {
    Future<Seen> german = gate.get("/a", "Accept-Language", "de");
    called.future().await(5, TimeUnit.SECONDS);
    Future<Seen> french = gate.get("/a", "Accept-Language", "fr");
    answer.complete(Head.of(200, "x", "Cache-Control", "max-age=60", "Vary", "Accept-Language"));
    assertThat(german.await(5, TimeUnit.SECONDS).status()).isEqualTo(200);
    assertThat(french.await(5, TimeUnit.SECONDS).how()).isEqualTo("Lead");
    assertThat(gate.calls).hasValue(2);
  }

  @Test
  void whoAsksAfterAChangeDoesNotReadWhatWasFetchedBefore() throws Exception {
    Future<Seen> old = gate.get("/a");
    called.future().await(5, TimeUnit.SECONDS);
    cache.answered(gate.query("POST", "/a"), 204, MultiMap.caseInsensitiveMultiMap());
    gate.origin(any -> Future.succeededFuture(fresh("new")));
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).body()).isEqualTo("new");
    answer.complete(fresh("old"));
    assertThat(old.await(5, TimeUnit.SECONDS).body()).isEqualTo("old");
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS).body()).isEqualTo("new");
  }

  @Test
  void whatIsPurgedWhileItIsFetchedIsNotStored() throws Exception {
    Future<Seen> old = gate.get("/a");
    called.future().await(5, TimeUnit.SECONDS);
    cache.purge(new PurgeOrder(PurgeOrder.Kind.ALL, "", false)).await(5, TimeUnit.SECONDS);
    answer.complete(fresh("old"));
    assertThat(old.await(5, TimeUnit.SECONDS).body()).isEqualTo("old");
    assertThat(cache.lookup(gate.query("GET", "/a"))).isInstanceOf(Verdict.Ask.class);
  }

  @Test
  void aStaleAnswerIsRefreshedByOneCallHoweverManyGetIt() throws Exception {
    gate.origin(
        any ->
            Future.succeededFuture(
                Head.of(200, "old", "Cache-Control", "max-age=60, stale-while-revalidate=60")));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    cache.purge(new PurgeOrder(PurgeOrder.Kind.ALL, "", true)).await(5, TimeUnit.SECONDS);
    gate.origin(this::first);
    List<Future<Seen>> all = many();
    assertThat(results(all)).allMatch(seen -> seen.how().startsWith("Serve STALE_WHILE"));
    assertThat(gate.calls).hasValue(2);
  }

  @Test
  void whatTheOriginConfirmsIsGivenToAllWhoWait() throws Exception {
    gate.origin(any -> Future.succeededFuture(tagged("kept")));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    cache.purge(new PurgeOrder(PurgeOrder.Kind.ALL, "", true)).await(5, TimeUnit.SECONDS);
    gate.origin(
        request -> {
          assertThat(request.get("If-None-Match")).isEqualTo("\"1\"");
          return first(request);
        });
    List<Future<Seen>> all = many();
    answer.complete(new Head(304, tagged("").headers(), List.of(), Future.succeededFuture(true)));
    assertThat(results(all)).allMatch(seen -> seen.body().equals("kept"));
    assertThat(gate.calls).hasValue(2);
  }

  private static Head tagged(String body) {
    return Head.of(200, body, "Cache-Control", "max-age=60", "ETag", "\"1\"");
  }

  @Test
  void aConfirmationOfNothingMakesASecondCallWithoutConditions() throws Exception {
    gate.origin(any -> Future.succeededFuture(tagged("old")));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    cache.purge(new PurgeOrder(PurgeOrder.Kind.ALL, "", true)).await(5, TimeUnit.SECONDS);
    gate.origin(
        request ->
            Future.succeededFuture(
                request.contains("If-None-Match")
                    ? Head.of(304, "", "ETag", "\"2\"")
                    : fresh("new")));
    assertThat(gate.get("/a").await(5, TimeUnit.SECONDS))
        .isEqualTo(new Seen(200, "new", "Lead Again"));
  }

  @Test
  void aStaleAnswerStandsInForAnErrorForAllWhoWait() throws Exception {
    gate.origin(
        any ->
            Future.succeededFuture(
                Head.of(200, "old", "Cache-Control", "max-age=60, stale-if-error=60")));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    cache.purge(new PurgeOrder(PurgeOrder.Kind.ALL, "", true)).await(5, TimeUnit.SECONDS);
    gate.origin(this::first);
    List<Future<Seen>> all = many();
    answer.complete(Head.of(503, "sorry"));
    assertThat(results(all)).allMatch(seen -> seen.body().equals("old"));
  }

  @Test
  void onlyIfCachedNeverCalls() throws Exception {
    Seen seen = gate.get("/a", "Cache-Control", "only-if-cached").await(5, TimeUnit.SECONDS);
    assertThat(seen.status()).isEqualTo(504);
    assertThat(gate.calls).hasValue(0);
  }

  @Test
  void aRangeOfWhatIsStoredIsCutFromIt() throws Exception {
    answer.complete(fresh("0123456789"));
    gate.get("/a").await(5, TimeUnit.SECONDS);
    assertThat(gate.get("/a", "Range", "bytes=2-4").await(5, TimeUnit.SECONDS))
        .isEqualTo(new Seen(206, "234", "Serve FRESH MEMORY"));
  }
}
