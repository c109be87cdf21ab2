package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BalancerTest {
  private static final int PICKS = 60_000;
  private static final BalanceOptions HASH =
      new BalanceOptions.Hash(BalanceOptions.Hash.Source.HEADER, "X-User");

  static Stream<BalanceOptions> all() {
    return Stream.of(
        new BalanceOptions.PowerOfTwo(),
        new BalanceOptions.RoundRobin(),
        new BalanceOptions.LeastRequests(),
        new BalanceOptions.Random(),
        HASH);
  }

  @ParameterizedTest
  @MethodSource("all")
  void sharesEvenlyAmongEqualEndpoints(BalanceOptions balance) {
    Map<Endpoint, Integer> counts = counts(SampleEndpoints.of(10).balanced(balance).build(), null);
    assertThat(counts).hasSize(10);
    // 6000 expected each; a binomial's deviation is 73, the hash's buckets add some 3 %.
    double tolerance = balance == HASH ? 900 : 370;
    assertThat(counts.values())
        .allSatisfy(count -> assertThat((double) count).isCloseTo(6000, within(tolerance)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void sharesByWeight(BalanceOptions balance) {
    Endpoints endpoints = SampleEndpoints.weighing(1, 2, 3, 6).balanced(balance).build();
    Map<Endpoint, Integer> counts = counts(endpoints, null);
    for (Endpoint endpoint : endpoints.all()) {
      double expected = PICKS * endpoint.weight() / 12.0;
      assertThat((double) counts.get(endpoint)).isCloseTo(expected, within(expected * 0.12));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void keepsTheSharesOfTheOthersWhenOneIsAvoided(BalanceOptions balance) {
    Endpoints endpoints = SampleEndpoints.weighing(1, 2, 3, 6).balanced(balance).build();
    Endpoint heaviest = endpoints.all().get(3);
    Map<Endpoint, Integer> counts = counts(endpoints, heaviest);
    assertThat(counts).doesNotContainKey(heaviest);
    if (balance instanceof BalanceOptions.RoundRobin) {
      return; // a retry takes whoever is next in turn
    }
    for (Endpoint endpoint : endpoints.all().subList(0, 3)) {
      double expected = PICKS * endpoint.weight() / 6.0;
      assertThat((double) counts.get(endpoint)).isCloseTo(expected, within(expected * 0.12));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void takesTheAvoidedOneIfItIsTheOnlyOne(BalanceOptions balance) {
    Endpoints endpoints = SampleEndpoints.of(1).balanced(balance).build();
    Endpoint only = endpoints.all().get(0);
    assertThat(endpoints.pick(7, only)).isSameAs(only);
  }

  @ParameterizedTest
  @MethodSource("all")
  void choosesWithoutAllocating(BalanceOptions balance) {
    Endpoints endpoints = SampleEndpoints.weighing(1, 2, 3, 6).balanced(balance).build();
    Endpoint avoid = endpoints.all().get(1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    pickManyTimes(endpoints, avoid); // classes are loaded, code is compiled
    long before = threads.getCurrentThreadAllocatedBytes();
    pickManyTimes(endpoints, avoid);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(PICKS);
  }

  private static void pickManyTimes(Endpoints endpoints, Endpoint avoid) {
    for (int i = 0; i < PICKS; i++) {
      assert endpoints.pick(i, (i & 1) == 0 ? null : avoid) != null;
    }
  }

  @Test
  void roundRobinSpreadsAHeavyEndpointsTurns() {
    Endpoints endpoints = SampleEndpoints.weighing(5, 1, 1).build();
    Endpoint heavy = endpoints.all().get(0);
    List<Boolean> turns =
        IntStream.range(0, 70).mapToObj(i -> endpoints.pick(0, null) == heavy).toList();
    assertThat(turns.stream().filter(isHeavy -> isHeavy).count()).isEqualTo(50);
    // nginx's order a a b a c a a: the light ones never follow each other.
    for (int i = 1; i < turns.size(); i++) {
      assertThat(turns.get(i) || turns.get(i - 1)).isTrue();
    }
  }

  @Test
  void roundRobinGoesOnPastEveryOverflow() {
    Endpoint[] three = SampleEndpoints.of(3).build().all().toArray(Endpoint[]::new);
    for (long start : new long[] {Integer.MAX_VALUE - 3L, (1L << 32) - 4, Long.MAX_VALUE - 3}) {
      Balancer.Picker picker = new RoundRobin(start).among(three);
      Set<Endpoint> seen = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        seen.add(picker.pick(0, null));
      }
      for (int i = 0; i < 9; i++) {
        seen.add(picker.pick(0, null));
      }
      assertThat(seen).containsExactlyInAnyOrder(three);
    }
  }

  @Test
  void powerOfTwoLeavesABusyEndpointAlone() {
    Endpoints endpoints = SampleEndpoints.of(3).balanced(new BalanceOptions.PowerOfTwo()).build();
    Endpoint busy = endpoints.all().get(0);
    busy.begin();
    assertThat(counts(endpoints, null)).doesNotContainKey(busy);
    busy.end();
    assertThat(counts(endpoints, null)).containsKey(busy);
  }

  @Test
  void leastRequestsTakesTheLeastLoadedPerWeight() {
    Endpoints endpoints =
        SampleEndpoints.weighing(1, 4).balanced(new BalanceOptions.LeastRequests()).build();
    List<Endpoint> taken = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Endpoint next = endpoints.pick(0, null);
      next.begin();
      taken.add(next);
    }
    assertThat(endpoints.all().get(0).inFlight()).isEqualTo(20);
    assertThat(endpoints.all().get(1).inFlight()).isEqualTo(80);
  }

  @Test
  void hashLeadsToTheSameEndpoint() {
    Endpoints one = SampleEndpoints.of(10).balanced(HASH).build();
    Endpoints another = SampleEndpoints.of(10).balanced(HASH).build();
    for (int user = 0; user < 1000; user++) {
      long hash = Hash.of("user-" + user);
      assertThat(one.pick(hash, null).label())
          .isEqualTo(one.pick(hash, null).label())
          .isEqualTo(another.pick(hash, null).label());
    }
  }

  @Test
  void hashMovesOnlyTheKeysOfTheEndpointThatWent() {
    Endpoints endpoints = SampleEndpoints.weighing(1, 1, 1, 2, 1).balanced(HASH).build();
    Endpoint gone = endpoints.all().get(2);
    List<Endpoint> before =
        IntStream.range(0, 5000).mapToObj(i -> endpoints.pick(Hash.of("k" + i), null)).toList();
    endpoints.healthy(gone, false);
    Set<Endpoint> heirs = new HashSet<>();
    for (int i = 0; i < before.size(); i++) {
      Endpoint after = endpoints.pick(Hash.of("k" + i), null);
      if (before.get(i) == gone) {
        assertThat(after).isNotSameAs(gone);
        heirs.add(after);
      } else {
        assertThat(after).isSameAs(before.get(i));
      }
    }
    assertThat(heirs).as("spread over all others").hasSize(4);
    endpoints.healthy(gone, true);
    assertThat(
            IntStream.range(0, 5000).mapToObj(i -> endpoints.pick(Hash.of("k" + i), null)).toList())
        .isEqualTo(before);
  }

  @Test
  void hashIsNotSkewedForTenEqualEndpoints() {
    Map<Endpoint, Integer> counts = counts(SampleEndpoints.of(10).balanced(HASH).build(), null);
    int most = counts.values().stream().mapToInt(count -> count).max().orElseThrow();
    assertThat(most / (PICKS / 10.0)).isLessThan(1.25);
  }

  private static Map<Endpoint, Integer> counts(Endpoints endpoints, Endpoint avoid) {
    Map<Endpoint, Integer> counts = new IdentityHashMap<>();
    for (int i = 0; i < PICKS; i++) {
      counts.merge(endpoints.pick(Hash.of("user-" + i), avoid), 1, Integer::sum);
    }
    return counts;
  }
}
