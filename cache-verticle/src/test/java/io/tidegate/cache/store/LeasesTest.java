package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long one calls, and how long one waits. */
@Timeout(60)
class LeasesTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final Context loop = VERTX.getOrCreateContext();

  @AfterAll
  static void close() throws Exception {
    VERTX.close().await(10, TimeUnit.SECONDS);
  }

  private static Parts.Limits quick(long leaseMillis, long waitMillis) {
    return new Parts.Limits(leaseMillis, waitMillis, 1_000, 2);
  }

  @Test
  void aCallerThatSaysNothingIsFollowedByTheNextInLine() throws Exception {
    Leases leases =
        Samples.on(loop, () -> new Leases(Samples.front(VERTX, loop, quick(50, 10_000))));
    Future<Verdict> first = Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    Future<Verdict> second = Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    assertThat(first.await(5, TimeUnit.SECONDS)).isInstanceOf(Verdict.Lead.class);
    Verdict next = second.await(5, TimeUnit.SECONDS);
    assertThat(next).isInstanceOf(Verdict.Lead.class);
    // The first one, when it comes at last, gets its own answer, which others find.
    Lease late = ((Verdict.Lead) first.result()).lease();
    Samples.on(
        loop,
        () -> {
          Samples.fill(late).end();
          return null;
        });
    Future<Verdict> third = Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    assertThat(third.await(5, TimeUnit.SECONDS)).isInstanceOf(Verdict.Serve.class);
  }

  @Test
  void nobodyWaitsForLongerThanItsTime() throws Exception {
    Leases leases = Samples.on(loop, () -> new Leases(Samples.front(VERTX, loop, quick(40, 60))));
    Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    List<Future<Verdict>> waiting = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      waiting.add(Samples.on(loop, () -> leases.ask(Samples.query("/a"))));
    }
    for (Future<Verdict> each : waiting) {
      assertThat(each.await(5, TimeUnit.SECONDS))
          .isInstanceOfAny(Verdict.Lead.class, Verdict.Pass.class);
    }
  }

  @Test
  void moreThanMayWaitMakeCallsOfTheirOwn() throws Exception {
    Leases leases =
        Samples.on(loop, () -> new Leases(Samples.front(VERTX, loop, quick(10_000, 10_000))));
    for (int i = 0; i < 3; i++) {
      Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    }
    Future<Verdict> tooMany = Samples.on(loop, () -> leases.ask(Samples.query("/a")));
    assertThat(tooMany.await(5, TimeUnit.SECONDS)).isInstanceOf(Verdict.Pass.class);
  }
}
