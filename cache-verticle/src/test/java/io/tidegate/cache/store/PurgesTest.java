package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.PurgeOrder.Kind;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.store.Purges.Judgement;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index of orders beside a list of all of them, from which each judgement is worked out. */
class PurgesTest {
  private static final List<String> PATHS = List.of("/a", "/a/b", "/b");
  private static final List<String> TAGS = List.of("s", "t", "u");

  @Provide
  Arbitrary<List<PurgeOrder>> orders() {
    Arbitrary<PurgeOrder> named =
        Combinators.combine(
                Arbitraries.of(Kind.URL, Kind.PREFIX, Kind.TAG),
                Arbitraries.integers().between(0, 2),
                Arbitraries.of(true, false))
            .as(
                (kind, which, soft) ->
                    new PurgeOrder(
                        kind,
                        kind == Kind.TAG ? TAGS.get(which) : Samples.SITE + PATHS.get(which),
                        soft));
    Arbitrary<PurgeOrder> all =
        Arbitraries.of(true, false).map(soft -> new PurgeOrder(Kind.ALL, "", soft));
    return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(9, named), net.jqwik.api.Tuple.of(1, all))
        .list()
        .ofMaxSize(20);
  }

  @Property(tries = 500)
  void judgesAsTheWholeListWould(@ForAll("orders") List<PurgeOrder> orders, @ForAll int chance) {
    var purges = new Purges();
    orders.forEach(purges::add);
    long seen = Math.floorMod(chance, orders.size() + 1);
    for (StoredResponse each : responses()) {
      assertThat(purges.judge(each, seen)).isEqualTo(expected(orders, seen, each));
    }
  }

  /** Too few places: it may hold more for purged than was ordered, and never less. */
  @Property(tries = 500)
  void forgetsNoOrderWhenItIsFull(@ForAll("orders") List<PurgeOrder> orders, @ForAll int chance) {
    var purges = new Purges(2, 1);
    orders.forEach(purges::add);
    long seen = Math.floorMod(chance, orders.size() + 1);
    for (StoredResponse each : responses()) {
      assertThat(purges.judge(each, seen)).isGreaterThanOrEqualTo(expected(orders, seen, each));
    }
  }

  private static List<StoredResponse> responses() {
    List<StoredResponse> all = new ArrayList<>();
    for (String path : PATHS) {
      for (String tag : TAGS) {
        all.add(Samples.response(path, Buffer.buffer(), tag));
      }
    }
    return all;
  }

  private static Judgement expected(List<PurgeOrder> orders, long seen, StoredResponse response) {
    Judgement worst = Judgement.LIVE;
    for (PurgeOrder each : orders.subList((int) seen, orders.size())) {
      if (Purges.names(each, response)) {
        Judgement found = each.soft() ? Judgement.SOFT : Judgement.DEAD;
        worst = found.compareTo(worst) > 0 ? found : worst;
      }
    }
    return worst;
  }
}
