package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
  private final SampleEndpoints two = SampleEndpoints.of(2);
  private final Endpoints pair = two.build();
  private final Endpoint a = pair.all().get(0);
  private final Endpoint b = pair.all().get(1);

  @Test
  void describesAnEndpointAsItIsWritten() throws Exception {
    UpstreamOptions options =
        two.options(
            List.of(
                SampleEndpoints.endpoint("https://[::1]:8443"),
                SampleEndpoints.endpoint("http://10.0.0.1"),
                SampleEndpoints.endpoint("https://orders.example")));
    Endpoints endpoints = new Endpoints(options, EndpointListener.NONE);
    endpoints.resolved(2, List.of(InetAddress.getByName("10.1.1.1")));
    Endpoint v6 = endpoints.all().get(0);
    assertThat(v6.host()).isEqualTo("[::1]");
    assertThat(v6.peerName()).isEqualTo("::1");
    assertThat(v6.label()).isEqualTo("[0:0:0:0:0:0:0:1]:8443");
    assertThat(v6.tls()).isTrue();
    assertThat(endpoints.all().get(1).label()).isEqualTo("10.0.0.1:80");
    Endpoint named = endpoints.all().get(2);
    assertThat(named.label()).isEqualTo("10.1.1.1:443");
    assertThat(named.host()).isEqualTo("orders.example");
    assertThat(named.peerName()).isEqualTo("orders.example");
    assertThat(named.address().hostAddress()).isEqualTo("10.1.1.1");
  }

  @Test
  void ejectsAfterAsManyFailuresInARow() {
    fail(a, 4);
    a.succeeded();
    fail(a, 4);
    assertThat(a.ejected()).isFalse();
    fail(a, 1);
    assertThat(a.ejected()).isTrue();
    assertThat(two.events).containsExactly("ejected 10.0.0.1:80");
    assertThat(picked(pair)).containsExactly(b);
  }

  @Test
  void takesAnEjectedEndpointBackWhenItsTimeIsOver() {
    fail(a, 5);
    two.pass(Duration.ofSeconds(9));
    assertThat(picked(pair)).containsExactly(b);
    assertThat(a.ejectedFor(two.clock.get())).isPresent();
    two.pass(Duration.ofSeconds(2));
    assertThat(picked(pair)).containsExactlyInAnyOrder(a, b);
    assertThat(a.ejectedFor(two.clock.get())).isEmpty();
    assertThat(two.events).endsWith("restored 10.0.0.1:80");
  }

  @Test
  void ejectsLongerEachTimeInARowUpToTheMost() {
    assertThat(ejectedFor()).isBetween(10.0, 11.0);
    assertThat(ejectedFor()).isBetween(20.0, 22.0);
    assertThat(ejectedFor()).isBetween(30.0, 33.0);
    ejectedFor();
    ejectedFor();
    assertThat(ejectedFor()).isBetween(60.0, 66.0);
    assertThat(ejectedFor()).isBetween(60.0, 66.0);
    two.pass(Duration.ofSeconds(70));
    assertThat(ejectedFor()).as("after a quiet while").isBetween(10.0, 11.0);
  }

  private double ejectedFor() {
    fail(a, 5);
    Duration howLong = a.ejectedFor(two.clock.get()).orElseThrow();
    two.pass(howLong);
    pair.pick(0, null);
    assertThat(a.ejected()).isFalse();
    return howLong.toNanos() / 1e9;
  }

  @Test
  void neverEjectsTheOnlyEndpoint() {
    Endpoints single = SampleEndpoints.of(1).ejecting(1).build();
    fail(single.all().get(0), 50);
    assertThat(single.all().get(0).ejected()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10})
  void neverEjectsTheLastEndpoint(int size) {
    Endpoints endpoints = SampleEndpoints.of(size).ejecting(1).build();
    endpoints.all().forEach(endpoint -> fail(endpoint, 50));
    assertThat(endpoints.usable()).isEqualTo(1);
    assertThat(endpoints.pick(0, null)).isNotNull();
  }

  @Test
  void ejectsNoMoreThanTheShareCountedAfterwards() {
    for (int[] sizeAndMost : new int[][] {{2, 1}, {3, 1}, {4, 2}, {5, 2}, {10, 5}}) {
      Endpoints endpoints = SampleEndpoints.of(sizeAndMost[0]).ejecting(0.5).build();
      endpoints.all().forEach(endpoint -> fail(endpoint, 5));
      long ejected = endpoints.all().stream().filter(Endpoint::ejected).count();
      assertThat(ejected).as("of " + sizeAndMost[0]).isEqualTo(sizeAndMost[1]);
    }
  }

  @Test
  void ejectsOnALaterFailureWhatTheShareForbadeBefore() {
    fail(a, 5);
    fail(b, 5);
    assertThat(b.ejected()).isFalse();
    two.pass(Duration.ofSeconds(12));
    fail(b, 4);
    assertThat(b.ejected()).isFalse();
    fail(b, 1);
    assertThat(b.ejected()).isTrue();
  }

  @Test
  void aPassingCheckEndsAnEjection() {
    fail(a, 5);
    pair.passed(a);
    assertThat(a.ejected()).isFalse();
    assertThat(two.events).containsExactly("ejected 10.0.0.1:80", "restored 10.0.0.1:80");
  }

  @Test
  void leavesOutWhatChecksFindUnhealthy() {
    pair.healthy(a, false);
    assertThat(picked(pair)).containsExactly(b);
    pair.healthy(a, true);
    assertThat(picked(pair)).containsExactlyInAnyOrder(a, b);
    assertThat(two.events).containsExactly("unhealthy 10.0.0.1:80", "healthy 10.0.0.1:80");
  }

  @Test
  void hasNobodyToOfferWhenChecksFindAllUnhealthy() {
    pair.healthy(a, false);
    pair.healthy(b, false);
    assertThat(pair.pick(0, null)).isNull();
    assertThat(pair.pick(0, a)).isNull();
    assertThat(pair.unresolved()).isFalse();
    pair.healthy(b, true);
    assertThat(pair.pick(0, null)).isNotNull();
  }

  @Test
  void takesEjectedOnesBackWhenTheLastUsableOneTurnsUnhealthy() {
    fail(a, 5);
    pair.healthy(b, false);
    assertThat(a.ejected()).isFalse();
    assertThat(picked(pair)).containsExactly(a);
    assertThat(two.events).endsWith("unhealthy 10.0.0.2:80", "restored 10.0.0.1:80");
  }

  @Test
  void asksEverybodyWhenLessThanHalfAreUsableButRetriesOnTheUsable() {
    Endpoints three = SampleEndpoints.of(3).build();
    Endpoint first = three.all().get(0);
    Endpoint second = three.all().get(1);
    three.healthy(first, false);
    assertThat(three.panic()).isFalse();
    three.healthy(second, false);
    assertThat(three.panic()).isTrue();
    assertThat(picked(three)).hasSize(3);
    for (int i = 0; i < 20; i++) {
      assertThat(three.pick(i, first)).isSameAs(three.all().get(2));
    }
  }

  @Test
  void ignoresWhatEndsAfterAnEndpointLeft() throws Exception {
    Endpoints named = named();
    named.resolved(0, addresses("10.0.0.1", "10.0.0.2"));
    Endpoint left = named.all().get(0);
    named.resolved(0, addresses("10.0.0.2", "10.0.0.3"));
    fail(left, 50);
    named.healthy(left, false);
    assertThat(left.ejected()).isFalse();
    assertThat(left.healthy()).isTrue();
    assertThat(named.usable()).isEqualTo(2);
  }

  @Test
  void isUnresolvedUntilANameHasAnAddress() throws Exception {
    Endpoints named = named();
    assertThat(named.unresolved()).isTrue();
    assertThat(named.pick(0, null)).isNull();
    named.resolved(0, addresses("10.0.0.1"));
    assertThat(named.unresolved()).isFalse();
    assertThat(named.pick(0, null).label()).isEqualTo("10.0.0.1:80");
  }

  @Test
  void keepsTheStateOfAnAddressThatStays() throws Exception {
    Endpoints named = named();
    named.resolved(0, addresses("10.0.0.1", "10.0.0.2"));
    Endpoint stays = named.all().get(1);
    fail(stays, 5);
    stays.begin();
    two.events.clear();
    named.resolved(0, addresses("10.0.0.2", "10.0.0.3"));
    assertThat(named.all()).hasSize(2).contains(stays);
    assertThat(stays.ejected()).isTrue();
    assertThat(stays.inFlight()).isEqualTo(1);
    assertThat(two.events).containsExactly("added [10.0.0.3:80] removed [10.0.0.1:80]");
    named.resolved(0, addresses("10.0.0.3", "10.0.0.2"));
    assertThat(two.events).as("order alone is no change").hasSize(1);
  }

  @Test
  void inheritsStateAndAddressesFromAnEarlierConfiguration() throws Exception {
    Endpoints before = named();
    before.resolved(0, addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    before.healthy(before.all().get(0), false);
    fail(before.all().get(1), 5);
    Endpoints after = named();
    after.inherit(before);
    assertThat(after.unresolved()).isFalse();
    assertThat(after.all().get(0).healthy()).isFalse();
    assertThat(after.all().get(1).ejected()).isTrue();
    two.pass(Duration.ofSeconds(12));
    after.pick(0, null);
    assertThat(after.all().get(1).ejected()).isFalse();
    fail(after.all().get(2), 5);
    assertThat(after.all().get(2).ejected()).as("reports to its new group").isTrue();
  }

  @Test
  void staysSoundWhenAllThreadsDoAllThingsAtOnce() throws Exception {
    UpstreamOptions options =
        SampleEndpoints.of(1)
            .ejecting(1)
            .options(
                List.of(
                    SampleEndpoints.endpoint("http://10.0.0.9"),
                    SampleEndpoints.endpoint("http://x")));
    AtomicLong clock = new AtomicLong();
    Endpoints endpoints =
        new Endpoints(
            options,
            EndpointListener.NONE,
            clock::get,
            () -> ThreadLocalRandom.current().nextDouble());
    List<List<InetAddress>> answers =
        List.of(addresses("10.0.0.1"), addresses("10.0.0.2", "10.0.0.1"), addresses("10.0.0.3"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      done.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  Endpoint picked = endpoints.pick(i, null);
                  picked.begin();
                  endpoints.pick(i, picked).failed();
                  if (i % 50 == 0) {
                    endpoints.resolved(1, answers.get(i / 50 % 3));
                    endpoints.passed(picked);
                    clock.addAndGet(Duration.ofSeconds(3).toNanos());
                  }
                  picked.end();
                }
              }));
    }
    for (Future<?> each : done) {
      each.get(30, TimeUnit.SECONDS);
    }
    threads.shutdown();
    assertThat(endpoints.usable()).isPositive();
    assertThat(endpoints.all()).allSatisfy(e -> assertThat(e.inFlight()).isZero());
  }

  private Endpoints named() {
    UpstreamOptions options =
        two.options(List.of(SampleEndpoints.endpoint("http://orders.example")));
    return new Endpoints(options, two.listener(), two.clock::get, () -> 0.5);
  }

  private static List<InetAddress> addresses(String... ips) throws Exception {
    InetAddress[] addresses = new InetAddress[ips.length];
    for (int i = 0; i < ips.length; i++) {
      addresses[i] = InetAddress.getByName(ips[i]);
    }
    return List.of(addresses);
  }

  static void fail(Endpoint endpoint, int times) {
    for (int i = 0; i < times; i++) {
      endpoint.failed();
    }
  }

  private static Set<Endpoint> picked(Endpoints endpoints) {
    Set<Endpoint> picked = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      picked.add(endpoints.pick(Hash.of("k" + i), null));
    }
    return picked;
  }
}
