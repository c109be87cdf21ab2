package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever calls and answers come in whatever order: what must hold of who calls and who waits. */
class LeasesModelTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int KEYS = 2;

  private final Context loop = VERTX.getOrCreateContext();

  @AfterContainer
  static void close() throws Exception {
    VERTX.close().await(10, TimeUnit.SECONDS);
  }

  /** One who asked: waits, calls, or has an answer. */
  private record Asker(int key, Future<Verdict> verdict) {
    boolean waits() {
      return !verdict.isComplete();
    }
  }

  /** What is known from outside: who asked, and who may call. */
  private final class Model {
    final Front front = Samples.front(VERTX, loop, Parts.Limits.DEFAULTS);
    final Leases leases = new Leases(front);
    final List<Asker> askers = new ArrayList<>();
    final List<Lease> ended = new ArrayList<>();

    void ask(int key) {
      askers.add(new Asker(key, leases.ask(Samples.query("/" + key))));
    }

    List<Lease> calls(int key) {
      return askers.stream()
          .filter(each -> each.key == key && !each.waits())
          .map(each -> each.verdict.result())
          .filter(Verdict.Lead.class::isInstance)
          .map(each -> ((Verdict.Lead) each).lease())
          .filter(each -> !ended.contains(each))
          .toList();
    }

    long waiting(int key) {
      return askers.stream().filter(each -> each.key == key && each.waits()).count();
    }

    void end(int key, int how) {
      for (Lease lease : calls(key)) {
        ended.add(lease);
        tell(lease, how);
      }
    }
  }

  private static void tell(Lease lease, int how) {
    switch (how) {
      case 0 -> lease.abandon();
      case 1 -> lease.failed(new FetchFailure("connect", 502, "refused", 0));
      case 2 -> Samples.head(lease, 200, "private");
      case 3 -> Samples.head(lease, 503, "no-store");
      case 4 -> Samples.fill(lease).end();
      default -> Samples.fill(lease).abort();
    }
  }

  /** Each step asks for a key, or ends the call for one in some way. */
  @Property(tries = 300)
  void atMostOneCallsForAKeyAndNobodyWaitsForNobody(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 15) Integer> steps) throws Exception {
    Model model = Samples.on(loop, Model::new);
    for (int step : steps) {
      int key = step % KEYS;
      int how = step / KEYS;
      Samples.on(
          loop,
          () -> {
            if (how >= 6) {
              model.ask(key);
            } else {
              model.end(key, how);
            }
            return null;
          });
      Samples.on(loop, () -> null); // What the step told has been heard.
      Samples.on(
          loop,
          () -> {
            for (int each = 0; each < KEYS; each++) {
              int calls = model.calls(each).size();
              assertThat(calls).isLessThanOrEqualTo(1);
              assertThat(model.waiting(each) > 0 && calls == 0).isFalse();
            }
            return null;
          });
    }
    for (int key = 0; key < KEYS; key++) {
      int last = key;
      Samples.on(
          loop,
          () -> {
            model.end(last, 4);
            return null;
          });
    }
    Samples.on(loop, () -> null);
    assertThat(Samples.on(loop, () -> model.askers.stream().filter(Asker::waits).count())).isZero();
    assertThat(Samples.on(loop, model.leases::size)).isZero();
  }
}
