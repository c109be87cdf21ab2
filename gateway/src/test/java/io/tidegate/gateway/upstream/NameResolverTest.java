package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(20)
class NameResolverTest {
  private static final Duration OFTEN = Duration.ofMillis(20);

  private final AtomicReference<List<String>> zone = new AtomicReference<>(List.of());
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<String>> changes = new LinkedBlockingQueue<>();
  private Vertx vertx;

  @BeforeEach
  void take(Vertx injected) {
    vertx = injected;
  }

  @Test
  void makesAnEndpointOfEachAddress() throws Exception {
    zone.set(List.of("10.0.0.2", "10.0.0.1"));
    Endpoints endpoints = endpoints("http://orders.test:8080");
    start(endpoints, OFTEN);
    assertThat(labels(endpoints)).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
    assertThat(endpoints.all()).allSatisfy(e -> assertThat(e.host()).isEqualTo("orders.test"));
  }

  @Test
  void prefersIpv4AddressesAndTakesIpv6WithoutThem() throws Exception {
    zone.set(List.of("2001:db8::1", "10.0.0.1"));
    Endpoints endpoints = endpoints("http://orders.test");
    start(endpoints, OFTEN);
    assertThat(labels(endpoints)).containsExactly("10.0.0.1:80");
    next(changes);
    zone.set(List.of("2001:db8::1"));
    assertThat(next(changes)).containsExactly("[2001:db8:0:0:0:0:0:1]:80");
  }

  @Test
  void followsDns() throws Exception {
    zone.set(List.of("10.0.0.1", "10.0.0.2"));
    Endpoints endpoints = endpoints("http://orders.test");
    start(endpoints, OFTEN);
    next(changes);
    Endpoint stays = endpoints.all().get(1);
    zone.set(List.of("10.0.0.3", "10.0.0.2"));
    assertThat(next(changes)).containsExactly("10.0.0.2:80", "10.0.0.3:80");
    assertThat(endpoints.all().get(0)).isSameAs(stays);
  }

  @Test
  void keepsTheLastKnownAddressesWhenDnsFails() throws Exception {
    zone.set(List.of("10.0.0.1"));
    Endpoints endpoints = endpoints("http://orders.test");
    start(endpoints, OFTEN);
    zone.set(List.of());
    asked.clear();
    for (int i = 0; i < 4; i++) {
      next(asked);
    }
    assertThat(labels(endpoints)).containsExactly("10.0.0.1:80");
  }

  @Test
  void startsWithoutANameThatCannotBeResolvedAndFindsItLater() throws Exception {
    Endpoints endpoints = endpoints("http://orders.test");
    start(endpoints, OFTEN);
    assertThat(endpoints.unresolved()).isTrue();
    zone.set(List.of("10.0.0.1"));
    assertThat(next(changes)).containsExactly("10.0.0.1:80");
    assertThat(endpoints.unresolved()).isFalse();
  }

  @Test
  void doesNotWaitForALookUpThatHangsNorStartAnother() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger lookUps = new AtomicInteger();
    Endpoints endpoints = endpoints("http://orders.test");
    NameResolver resolver =
        new NameResolver(
            vertx,
            endpoints,
            name -> {
              lookUps.incrementAndGet();
              awaitQuietly(release);
              return new InetAddress[] {InetAddress.getByName("10.0.0.1")};
            },
            OFTEN);
    long before = System.nanoTime();
    await(resolver.start());
    Duration waited = Duration.ofNanos(System.nanoTime() - before);
    assertThat(waited).isBetween(Duration.ofMillis(1900), Duration.ofMillis(3500));
    assertThat(lookUps).hasValue(1);
    assertThat(endpoints.unresolved()).isTrue();
    release.countDown();
    assertThat(next(changes)).containsExactly("10.0.0.1:80");
  }

  @Test
  void neverAsksForAddressesAndOnlyOnceForLocalhost() throws Exception {
    zone.set(List.of("127.0.0.1"));
    Endpoints endpoints =
        endpoints("http://127.0.0.1:1", "http://[::1]:2", "http://localhost:3", "http://x.test");
    start(endpoints, OFTEN);
    for (int i = 0; i < 6; i++) {
      next(asked);
    }
    assertThat(asked).doesNotContain("127.0.0.1", "[::1]", "localhost");
    assertThat(labels(endpoints)).contains("127.0.0.1:3");
  }

  @Test
  void asksNobodyOnceClosed() throws Exception {
    zone.set(List.of("10.0.0.1"));
    NameResolver resolver = start(endpoints("http://orders.test"), OFTEN);
    next(asked);
    await(resolver.close());
    asked.clear();
    assertThat(asked.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void asksTheSystemUnlessToldOtherwise() throws Exception {
    Endpoints endpoints = endpoints("http://localhost:9");
    await(new NameResolver(vertx, endpoints).start());
    assertThat(labels(endpoints)).containsExactly("127.0.0.1:9");
  }

  private NameResolver start(Endpoints endpoints, Duration interval) throws Exception {
    NameResolver resolver = new NameResolver(vertx, endpoints, this::lookUp, interval);
    await(resolver.start());
    return resolver;
  }

  private InetAddress[] lookUp(String name) throws UnknownHostException {
    List<String> answer = zone.get();
    asked.add(name);
    if (answer.isEmpty()) {
      throw new UnknownHostException(name);
    }
    InetAddress[] addresses = new InetAddress[answer.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = InetAddress.getByName(answer.get(i));
    }
    return addresses;
  }

  private Endpoints endpoints(String... urls) {
    Endpoints[] self = new Endpoints[1];
    UpstreamOptions options =
        SampleEndpoints.of(1).options(Arrays.stream(urls).map(SampleEndpoints::endpoint).toList());
    self[0] =
        new Endpoints(
            options,
            new EndpointListener() {
              @Override
              public void membershipChanged(
                  String upstream, List<Endpoint> added, List<Endpoint> removed) {
                changes.add(labels(self[0]));
              }
            });
    return self[0];
  }

  private static List<String> labels(Endpoints endpoints) {
    return endpoints.all().stream().map(Endpoint::label).toList();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
