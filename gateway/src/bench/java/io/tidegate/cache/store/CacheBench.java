package io.tidegate.cache.store;

import com.sun.management.ThreadMXBean;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.metrics.api.CacheMeters;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * The memory tier: what a hit costs, what it keeps of a Zipf(0.9) trace of a million keys when it
 * has room for 1% of them, beside plain LRU, and how long a hit takes at worst while others purge
 * and fill it.
 */
public final class CacheBench {
  private static final int KEYS = 1_000_000;
  private static final int ROOM = KEYS / 100;
  private static final int BODY = 1024;
  private static final int REQUESTS = 10_000_000;
  private static final PurgeOrder ONE_TAG = new PurgeOrder(PurgeOrder.Kind.TAG, "tag-7", false);

  private static final CacheMeters UNCOUNTED =
      new CacheMeters() {
        @Override
        public CacheRouteMeters route(String id) {
          throw new UnsupportedOperationException("counted by the gateway");
        }

        @Override
        public void memory(LongSupplier bytes, LongSupplier entries, LongSupplier limitBytes) {}

        @Override
        public void evicted(String reason) {}

        @Override
        public void purged(String kind) {}

        @Override
        public void redis(String command, String outcome, long nanos) {}
      };

  private final Purges purges = new Purges();
  private final Memory memory;
  private final Front front;

  private CacheBench(Vertx vertx, long bytes) {
    memory = new Memory(bytes, purges, System::currentTimeMillis, UNCOUNTED);
    front =
        new Front(
            new Parts(
                vertx,
                vertx.getOrCreateContext(),
                memory,
                purges,
                SharedTier.NONE,
                new FillBudget(bytes / 4),
                System::currentTimeMillis,
                Parts.Limits.DEFAULTS));
  }

  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      hit(vertx);
      atWorst(vertx);
      ratio(vertx);
    } finally {
      vertx.close().await();
    }
  }

  private Entry entry(int number) {
    long now = System.currentTimeMillis();
    Fields fields =
        Fields.of(
            "Content-Type", "application/json", "Cache-Control", "max-age=600", "ETag", "\"abc\"");
    Buffer body = Buffer.buffer(BODY).appendBytes(new byte[BODY]);
    String key = "GET https://example.org" + path(number);
    List<String> tags = List.of("tag-" + number % 100);
    return Entry.of(
        new StoredResponse(
            key,
            200,
            fields,
            body,
            now,
            now,
            0,
            600,
            List.of(),
            "",
            tags,
            purges.generation(),
            false),
        CachePolicy.DEFAULTS);
  }

  private static String path(int number) {
    return "/items/" + number;
  }

  private static CacheQuery query(int number) {
    return new CacheQuery(
        CachePolicy.DEFAULTS,
        "GET",
        "https",
        "example.org",
        path(number),
        null,
        HttpHeaders.headers().add("Accept", "*/*").add("User-Agent", "bench"),
        false);
  }

  private static void hit(Vertx vertx) {
    var bench = new CacheBench(vertx, 256L << 20);
    CacheQuery[] queries = new CacheQuery[1000];
    for (int i = 0; i < queries.length; i++) {
      bench.memory.put(bench.entry(i));
      queries[i] = query(i);
    }
    for (int round = 0; round < 6; round++) {
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long bytes = threads.getCurrentThreadAllocatedBytes();
      // Time on the CPU: other work on the machine is not the cache's.
      long nanos = threads.getCurrentThreadCpuTime();
      int served = bench.look(queries, 2_000_000);
      long took = threads.getCurrentThreadCpuTime() - nanos;
      long made = threads.getCurrentThreadAllocatedBytes() - bytes;
      System.out.printf("hit: %.0f ns/op, %.0f B/op (%d served)%n", took / 2e6, made / 2e6, served);
    }
  }

  private int look(CacheQuery[] queries, int times) {
    int served = 0;
    for (int i = 0; i < times; i++) {
      if (front.lookup(queries[i % queries.length]) instanceof Verdict.Serve) {
        served++;
      }
    }
    return served;
  }

  private static void atWorst(Vertx vertx) throws InterruptedException {
    var bench = new CacheBench(vertx, 64L << 20);
    for (int i = 0; i < 100_000; i++) {
      bench.memory.put(bench.entry(i));
    }
    bench.report("alone");
    var busy = new Thread(bench::purgeAndFill, "purges-and-fills");
    busy.setDaemon(true);
    busy.start();
    bench.report("while another thread purges by tag and fills");
    busy.interrupt();
    busy.join();
  }

  private void purgeAndFill() {
    int number = 0;
    while (!Thread.currentThread().isInterrupted()) {
      if (number % 10_000 == 0) {
        purges.add(ONE_TAG);
        memory.sweep(List.of(ONE_TAG), false);
      }
      memory.put(entry(number++ % 1_000_000));
    }
  }

  private void report(String when) {
    CacheQuery hot = query(-1);
    memory.put(entry(-1));
    front.lookup(hot);
    long[] nanos = new long[1_000_000];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < nanos.length; i++) {
        long from = System.nanoTime();
        front.lookup(hot);
        nanos[i] = System.nanoTime() - from;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "hit %s: p50 %d ns, p99 %d ns, p99.9 %d ns, max %d us%n",
        when,
        nanos[nanos.length / 2],
        nanos[(int) (nanos.length * 0.99)],
        nanos[(int) (nanos.length * 0.999)],
        nanos[nanos.length - 1] / 1000);
  }

  private static void ratio(Vertx vertx) {
    var sizing = new CacheBench(vertx, 1L << 40);
    for (int i = 0; i < ROOM; i++) {
      sizing.memory.put(sizing.entry(i));
    }
    var bench = new CacheBench(vertx, sizing.memory.bytes());
    Map<Integer, Boolean> lru =
        new LinkedHashMap<>(ROOM, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
            return size() > ROOM;
          }
        };
    int[] trace = zipf(0.9);
    int hits = 0;
    int lruHits = 0;
    for (int key : trace) {
      if (bench.memory.get("GET https://example.org" + path(key)) != null) {
        hits++;
      } else {
        bench.memory.put(bench.entry(key));
      }
      lruHits += lru.put(key, true) != null ? 1 : 0;
    }
    System.out.printf(
        "Zipf(0.9), %d keys, room for %d: memory tier %.1f%%, LRU %.1f%% of %d requests%n",
        KEYS, ROOM, 100.0 * hits / trace.length, 100.0 * lruHits / trace.length, trace.length);
  }

  private static int[] zipf(double exponent) {
    double[] upTo = new double[KEYS];
    double sum = 0;
    for (int i = 0; i < KEYS; i++) {
      sum += 1 / Math.pow(i + 1, exponent);
      upTo[i] = sum;
    }
    var random = new Random(42);
    int[] trace = new int[REQUESTS];
    for (int i = 0; i < trace.length; i++) {
      int place = Arrays.binarySearch(upTo, random.nextDouble() * sum);
      // Spread, so that neighbours in rank are not neighbours in name.
      trace[i] = (int) ((place < 0 ? -place - 1 : place) * 7919L % KEYS);
    }
    return trace;
  }
}
