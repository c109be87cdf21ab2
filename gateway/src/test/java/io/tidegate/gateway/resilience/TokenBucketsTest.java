package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TokenBucketsTest {
  private final ManualClock clock = new ManualClock();

  private TokenBuckets buckets(long perSecond, long burst, int maxKeys) {
    return new TokenBuckets(perSecond, 1, burst, maxKeys, clock);
  }

  @Test
  void allowsTheBurstThenTheRate() {
    TokenBuckets buckets = buckets(10, 3, 100);
    for (int left = 2; left >= 0; left--) {
      long answer = buckets.tryTake("a");
      assertThat(TokenBuckets.allowed(answer)).isTrue();
      assertThat(TokenBuckets.remaining(answer)).isEqualTo(left);
      assertThat(TokenBuckets.resetMillis(answer)).isEqualTo((3 - left) * 100L);
    }

    long refused = buckets.tryTake("a");
    assertThat(TokenBuckets.allowed(refused)).isFalse();
    assertThat(TokenBuckets.remaining(refused)).isZero();
    assertThat(TokenBuckets.resetMillis(refused)).isEqualTo(100);

    clock.advanceMillis(99);
    assertThat(TokenBuckets.allowed(buckets.tryTake("a"))).isFalse();
    clock.advanceMillis(1);
    assertThat(TokenBuckets.allowed(buckets.tryTake("a"))).isTrue();
    assertThat(TokenBuckets.allowed(buckets.tryTake("a"))).isFalse();
  }

  @Test
  void keysDoNotShareTokens() {
    TokenBuckets buckets = buckets(1, 1, 100);
    buckets.tryTake("a");

    assertThat(TokenBuckets.allowed(buckets.tryTake("b"))).isTrue();
  }

  @Test
  void aVeryLongRestFillsTheBucketAndNoMore() {
    TokenBuckets buckets = buckets(10, 5, 100);
    buckets.tryTake("a");
    clock.advanceMillis(TimeUnit.DAYS.toMillis(300));

    assertThat(TokenBuckets.remaining(buckets.tryTake("a"))).isEqualTo(4);
  }

  @Test
  void remembersABoundedNumberOfKeys() {
    TokenBuckets buckets = buckets(1, 1, 1_000);
    for (int i = 0; i < 100_000; i++) {
      buckets.tryTake(i);
      assertThat(buckets.size()).isLessThanOrEqualTo(1_000);
    }
  }

  @Test
  void aKeyThatKeepsAskingIsNotForgottenAmongManyOthers() {
    TokenBuckets buckets = buckets(1, 1, 1_000);
    buckets.tryTake("greedy");
    for (int i = 0; i < 100_000; i++) {
      buckets.tryTake(i);
      if (i % 100 == 0) {
        assertThat(TokenBuckets.allowed(buckets.tryTake("greedy"))).isFalse();
      }
    }
  }

  record Ask(int key, long waitNanos) {}

  @Provide
  Arbitrary<List<Ask>> asks() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3), Arbitraries.longs().between(0, 400_000_000))
        .as(Ask::new)
        .list()
        .ofMaxSize(300);
  }

  /** The model: a number of tokens that grows with time, in exact parts. */
  @Property(tries = 300)
  void allowsWhatABucketOfTokensAllows(
      @ForAll("asks") List<Ask> asks,
      @ForAll @LongRange(min = 1, max = 1_000) long perSecond,
      @ForAll @LongRange(min = 1, max = 20) long burst) {
    TokenBuckets buckets = buckets(perSecond, burst, 100);
    long part = 1_000_000_000 / perSecond;
    Map<Integer, Long> parts = new HashMap<>();
    for (Ask ask : asks) {
      clock.advanceNanos(ask.waitNanos());
      parts.replaceAll((key, had) -> Math.min(burst * part, had + ask.waitNanos()));
      long had = parts.getOrDefault(ask.key(), burst * part);
      long answer = buckets.tryTake(ask.key());

      assertThat(TokenBuckets.allowed(answer)).isEqualTo(had >= part);
      long has = had >= part ? had - part : had;
      parts.put(ask.key(), has);
      assertThat(TokenBuckets.remaining(answer)).isEqualTo((int) (has / part));
      long wait = had >= part ? burst * part - has : part - has;
      assertThat(TokenBuckets.resetMillis(answer)).isEqualTo((wait + 999_999) / 1_000_000);
    }
  }

  @Test
  void severalThreadsGetNoMoreThanTheBurstWhileGenerationsChange() throws InterruptedException {
    TokenBuckets buckets = buckets(1, 100, 64);
    AtomicInteger allowed = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(4);
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      int mine = t;
      Thread thread =
          new Thread(
              () -> {
                ready.countDown();
                while (ready.getCount() > 0) {
                  Thread.onSpinWait();
                }
                for (int i = 0; i < 20_000; i++) {
                  allowed.addAndGet(TokenBuckets.allowed(buckets.tryTake("shared")) ? 1 : 0);
                  if (i % 4 == 0) {
                    buckets.tryTake(mine * 1_000_000 + i);
                  }
                }
                done.countDown();
              });
      thread.setDaemon(true);
      thread.start();
    }

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(allowed).hasValue(100);
  }
}
