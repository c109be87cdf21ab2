package io.tidegate.gateway.route;

import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a match beside the number of routes.
 *
 * <p>Requests come in random order and ask either for ten of the routes, which shows the cost of
 * the algorithm, or for all of them, which adds the cache misses that a table too large for the
 * CPU's caches has with any algorithm. 10 and 10,000 routes are asked by the same number of request
 * strings, so that the memory of these weighs the same in both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteTableBenchmark {
  private static final int FEW = 64;
  private static final int MANY = 8192;
  private static final MultiMap HEADERS = HttpHeaders.headers().add("Accept", "*/*");

  @Param({"10", "10000"})
  int routes;

  /** How many of the routes are asked for. */
  @Param({"ten", "all"})
  String asked;

  private RouteTable<Integer> table;
  private String[] exact;
  private String[] template;
  private String[] prefix;
  private byte[][] unread;
  private int next;

  /** A third of the routes of each kind, under as many first segments as there are routes. */
  @Setup
  public void build() {
    List<RouteTable.Entry<Integer>> entries = new ArrayList<>(routes);
    for (int i = 0; i < routes; i++) {
      entries.add(new RouteTable.Entry<>(route("/exact/" + name(i) + "/items"), i));
      entries.add(new RouteTable.Entry<>(route("/template/" + name(i) + "/items/{id}"), i));
      entries.add(new RouteTable.Entry<>(route("/prefix/" + name(i) + "/**"), i));
    }
    table = RouteTable.build(entries);
    ask(asked.equals("ten") ? 10 : routes, asked.equals("ten") ? FEW : MANY);
  }

  private void ask(int routesAsked, int requests) {
    exact = new String[requests];
    template = new String[requests];
    prefix = new String[requests];
    unread = new byte[requests][];
    Random random = new Random(1);
    int[] picks = random.ints(0, routes).distinct().limit(routesAsked).toArray();
    for (int i = 0; i < requests; i++) {
      String name = name(picks[random.nextInt(picks.length)]);
      exact[i] = "/exact/" + name + "/items";
      template[i] = "/template/" + name + "/items/4711";
      prefix[i] = "/prefix/" + name + "/items/4711";
      unread[i] = exact[i].getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  @Benchmark
  public Match<Integer> exact() {
    return table.match("example.org", exact[advance()], "GET", HEADERS, null);
  }

  @Benchmark
  public Match<Integer> template() {
    return table.match("example.org", template[advance()], "GET", HEADERS, null);
  }

  @Benchmark
  public Match<Integer> prefix() {
    return table.match("example.org", prefix[advance()], "GET", HEADERS, null);
  }

  /** As on the wire: a new string, whose hash nobody has computed, checked and then matched. */
  @Benchmark
  public Match<Integer> exactFromBytes() {
    String path = new String(unread[advance()], StandardCharsets.ISO_8859_1);
    RequestTarget.Valid target = (RequestTarget.Valid) RequestTarget.read(path, null);
    return table.match("example.org", target.path(), "GET", HEADERS, null);
  }

  /** What of {@link #exactFromBytes} is not ours. */
  @Benchmark
  public String bytesOnly() {
    return new String(unread[advance()], StandardCharsets.ISO_8859_1);
  }

  private int advance() {
    next = (next + 1) & (exact.length - 1);
    return next;
  }

  private static String name(int i) {
    return "service-" + Integer.toHexString((i + 1) * 0x9E3779B1 | 0x10000000);
  }

  private static RouteOptions route(String path) {
    return new RouteOptions(
        path,
        new MatchOptions(List.of(), path, Set.of("GET", "POST"), Map.of(), Map.of()),
        new Target.ToUpstream("any"),
        Optional.empty(),
        RewriteOptions.NONE,
        HeaderEdits.NONE,
        HeaderEdits.NONE,
        OptionalLong.empty(),
        TimeoutOptions.DEFAULTS,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new Conditions(Set.of(), Set.of()),
        Optional.empty(),
        Optional.empty(),
        RouteOptions.Priority.NORMAL,
        Optional.empty(),
        Optional.empty());
  }
}
