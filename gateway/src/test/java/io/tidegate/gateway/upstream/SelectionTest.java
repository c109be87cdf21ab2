package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds after any sequence of events, whichever the balance. */
class SelectionTest {
  private static final List<BalanceOptions> BALANCES = BalancerTest.all().toList();

  enum Kind {
    FAIL,
    SUCCEED,
    UNHEALTHY,
    HEALTHY,
    CHECK_PASSED,
    TIME
  }

  record Event(Kind kind, int endpoint) {}

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 5))
        .as(Event::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 500)
  void choosesWellAfterAnyHistory(
      @ForAll("events") List<Event> events,
      @ForAll @IntRange(min = 1, max = 6) int size,
      @ForAll @IntRange(min = 0, max = 4) int balance,
      @ForAll @IntRange(min = 0, max = 10) int share) {
    SampleEndpoints upstream =
        SampleEndpoints.of(size).ejecting(share / 10.0).balanced(BALANCES.get(balance));
    Endpoints endpoints = upstream.build();
    for (Event event : events) {
      happen(upstream, endpoints, event);
      check(endpoints, share / 10.0);
    }
  }

  private static void happen(SampleEndpoints upstream, Endpoints endpoints, Event event) {
    Endpoint subject = endpoints.all().get(event.endpoint() % endpoints.all().size());
    switch (event.kind()) {
      case FAIL -> EndpointsTest.fail(subject, 5);
      case SUCCEED -> subject.succeeded();
      case UNHEALTHY -> endpoints.healthy(subject, false);
      case HEALTHY -> endpoints.healthy(subject, true);
      case CHECK_PASSED -> endpoints.passed(subject);
      case TIME -> upstream.pass(Duration.ofSeconds(7));
    }
  }

  private static void check(Endpoints endpoints, double share) {
    List<Endpoint> all = endpoints.all();
    Endpoint first = endpoints.pick(1, null);
    long healthy = all.stream().filter(Endpoint::healthy).count();
    long ejected = all.stream().filter(Endpoint::ejected).count();
    assertThat(ejected).isLessThanOrEqualTo((long) Math.floor(share * all.size() + 1e-9));
    assertThat(first == null).as("nobody only if checks say so").isEqualTo(healthy == 0);
    if (healthy == 0) {
      return;
    }
    assertThat(endpoints.usable()).as("ejections leave somebody").isPositive();
    assertThat(endpoints.panic()).isEqualTo(endpoints.usable() < all.size() / 2.0);
    if (!endpoints.panic()) {
      assertThat(first.usable()).isTrue();
    }
    for (Endpoint avoid : all) {
      Endpoint next = endpoints.pick(2, avoid);
      assertThat(next.usable()).isTrue();
      boolean another = all.stream().anyMatch(other -> other != avoid && other.usable());
      assertThat(next == avoid && another).isFalse();
    }
  }
}
