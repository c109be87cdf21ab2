package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.tidegate.cache.Counts;
import io.tidegate.cache.api.PurgeOrder;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final long BUDGET = 16L << 20;

  private final Counts counts = new Counts();
  private final Purges purges = new Purges();
  private final Memory memory = new Memory(BUDGET, purges, System::currentTimeMillis, counts);

  private static long usedAfterCollection() {
    var heap = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < 2; i++) {
      heap.gc();
    }
    return heap.getHeapMemoryUsage().getUsed();
  }

  private void load(Random random, int most, int responses) {
    for (int i = 0; i < responses; i++) {
      int size = random.nextInt(most);
      String path = "/some/path/" + random.nextInt(1_000_000) + "/" + i;
      String tag = "news-" + i; // A text of its own, as of a field that came.
      Buffer body = Buffer.buffer(size).appendBytes(new byte[size]);
      memory.put(Samples.entry(Samples.response(path, body, tag)).as(purges.generation()));
    }
  }

  @Test
  void takesOfTheHeapWhatItWasGivenWhateverIsStored() {
    var random = new Random(7);
    load(random, 2000, 2000); // Classes, tables and code are there before it is measured.
    empty();
    for (int most : new int[] {200, 4_000, 60_000}) {
      long before = usedAfterCollection();
      load(random, most, (int) (2 * BUDGET / (most / 2 + 500)));
      assertThat(memory.bytes()).isLessThanOrEqualTo(BUDGET);
      long taken = usedAfterCollection() - before;
      assertThat((double) taken)
          .as("objects of up to %s", most)
          .isCloseTo(BUDGET, withPercentage(10));
      empty();
    }
    assertThat(counts.count("evicted size")).isPositive();
  }

  private void empty() {
    var all = new PurgeOrder(PurgeOrder.Kind.ALL, "", false);
    purges.add(all);
    memory.sweep(List.of(all), true);
  }

  @Test
  void holdsABoundedNumberOfVariantsOfOneKey() {
    for (int i = 0; i < 100; i++) {
      memory.put(Samples.entry(Samples.varying("/a", "accept-language", "=" + i + "\n")));
    }
    assertThat(memory.get("GET " + Samples.SITE + "/a").variants()).hasSize(Slot.MOST_VARIANTS);
  }

  @Test
  void anOrderHoldsBeforeTheMemoryIsFreedAndNotForWhatComesAfter() {
    Entry before = Samples.entry(Samples.response("/a", Buffer.buffer("x"), "news"));
    memory.put(before);
    purges.add(new PurgeOrder(PurgeOrder.Kind.TAG, "news", false));
    assertThat(memory.alive(before)).isNull();
    Entry after = before.as(purges.generation());
    assertThat(memory.alive(after)).isSameAs(after);
  }

  @Test
  void aSoftOrderMarksAndAHardOneForgets() {
    memory.put(Samples.entry(Samples.response("/a/1", Buffer.buffer("x"))));
    memory.put(Samples.entry(Samples.response("/a/2", Buffer.buffer("x"))));
    memory.put(Samples.entry(Samples.response("/b", Buffer.buffer("x"))));
    assertThat(order("/a/", true)).isEqualTo(2);
    assertThat(memory.get("GET " + Samples.SITE + "/a/1").variants().get(0).stored().softPurged())
        .isTrue();
    assertThat(order("/a/", false)).isEqualTo(2);
    assertThat(memory.get("GET " + Samples.SITE + "/a/1")).isNull();
    assertThat(memory.get("GET " + Samples.SITE + "/b")).isNotNull();
  }

  private long order(String prefix, boolean soft) {
    var order = new PurgeOrder(PurgeOrder.Kind.PREFIX, Samples.SITE + prefix, soft);
    purges.add(order);
    return memory.sweep(List.of(order), false)[0];
  }
}
