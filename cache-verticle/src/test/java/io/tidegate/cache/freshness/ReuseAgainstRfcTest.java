package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * What the rules do with header text, against a plain reading of the RFC over what the text means.
 * The reading shares no line with the rules.
 */
class ReuseAgainstRfcTest {
  private static final long DAY = 24 * 60 * 60;

  /** What a response says; times in seconds, dates from the moment it comes. */
  record Response(
      int status,
      Set<String> flags,
      Optional<Long> maxAge,
      Optional<Long> sMaxage,
      Optional<Long> whileRevalidate,
      Optional<Long> ifError,
      Origin origin) {
    boolean says(String flag) {
      return flags.contains(flag);
    }
  }

  record Origin(
      Optional<Long> date,
      Optional<Long> expires,
      Optional<Long> modified,
      Optional<Long> age,
      boolean tagged,
      boolean setsCookie,
      Set<String> vary) {}

  record Request(
      Set<String> flags,
      Optional<Long> maxAge,
      Optional<Long> minFresh,
      Optional<Long> maxStale,
      Optional<Long> ifError,
      Optional<String> foo,
      Optional<String> bar) {
    boolean says(String flag) {
      return flags.contains(flag);
    }
  }

  @Property(tries = 5000)
  @Label("a stored response is used when RFC 9111 allows it, and never when it does not")
  void isUsedAsTheRfcSays(
      @ForAll("responses") Response response,
      @ForAll("requests") Request first,
      @ForAll("requests") Request second,
      @ForAll("elapsed") long elapsed,
      @ForAll Random style) {
    List<String> forbids = new ArrayList<>();
    forbidsToStore(response, first, forbids);
    forbidsToSelect(response, first, second, forbids);
    forbidsToUse(response, second, elapsed, forbids);
    boolean fresh = lifetime(response) > age(response, elapsed);

    Optional<Reuse> found = used(response, first, second, elapsed, style);
    boolean served = found.isPresent() && found.get().isServed();
    Statistics.label("use").collect(served ? found.get() : "not used");
    Statistics.label("use")
        .coverage(
            uses -> {
              uses.check(Reuse.FRESH).percentage(share -> share > 4);
              uses.check(Reuse.STALE_ACCEPTED).count(count -> count > 5);
              uses.check(Reuse.STALE_WHILE_REVALIDATE).count(count -> count > 5);
            });

    assertThat(served && !forbids.isEmpty()).as("used against %s", forbids).isFalse();
    boolean oursToRefuse =
        response.origin().setsCookie() && !response.says("public")
            || second.says("no-store")
            || second.maxAge().equals(Optional.of(0L));
    if (forbids.isEmpty() && fresh && !oursToRefuse) {
      assertThat(found).as("could be used").contains(Reuse.FRESH);
    }
  }

  @Property(tries = 3000)
  @Label(
      "a stored response stands in for an error only where RFC 5861 and RFC 9111 §4.2.4 allow it")
  void standsInForAnErrorAsTheRfcSays(
      @ForAll("responses") Response response,
      @ForAll("requests") Request request,
      @ForAll("elapsed") long elapsed,
      @ForAll Random style) {
    Optional<StoredResponse> stored = stored(response, request, style);
    if (stored.isEmpty()) {
      return;
    }
    boolean allowed =
        Reuse.isAllowedOnError(
            stored.get(),
            Terms.of(stored.get()),
            RequestDirectives.of(fields(request, style)),
            CachePolicy.DEFAULTS,
            Samples.NOW + elapsed * Samples.SECOND);
    Statistics.label("on error").collect(allowed);
    Statistics.label("on error").coverage(all -> all.check(true).percentage(share -> share > 5));
    if (allowed) {
      long staleness = age(response, elapsed) - lifetime(response);
      boolean asked = response.sMaxage().isEmpty() && request.ifError().orElse(0L) >= staleness;
      boolean named = asked || response.ifError().orElse(0L) >= staleness;
      assertThat(response.says("no-cache") || request.says("no-cache")).isFalse();
      assertThat(staleness >= 0 && neverStale(response)).isFalse();
      assertThat(staleness < 0 || named).isTrue();
    }
  }

  /** RFC 9111 §3 and §3.5. */
  private static void forbidsToStore(Response response, Request request, List<String> forbids) {
    boolean understood = response.status() != 599;
    check(response.status() == 206, "a part", forbids);
    check(response.says("must-understand") && !understood, "not understood", forbids);
    check(response.says("no-store") && !response.says("must-understand"), "no-store", forbids);
    check(request.says("no-store"), "no-store in the request", forbids);
    check(response.says("private"), "private", forbids);
    boolean shared =
        response.says("public")
            || response.says("must-revalidate")
            || response.says("proxy-revalidate")
            || response.sMaxage().isPresent();
    check(request.says("authorization") && !shared, "authorised", forbids);
    boolean some =
        response.says("public")
            || response.origin().expires().isPresent()
            || response.maxAge().isPresent()
            || response.sMaxage().isPresent()
            || isGuessed(response);
    check(!some, "nothing that makes it cacheable", forbids);
  }

  /** RFC 9111 §4.1. */
  private static void forbidsToSelect(
      Response response, Request first, Request second, List<String> forbids) {
    Set<String> vary = response.origin().vary();
    check(vary.contains("*"), "Vary: *", forbids);
    check(vary.contains("Foo") && !first.foo().equals(second.foo()), "Vary: Foo", forbids);
    check(vary.contains("Bar") && !first.bar().equals(second.bar()), "Vary: Bar", forbids);
  }

  /** RFC 9111 §4, §4.2.4, §5.2.1. */
  private static void forbidsToUse(
      Response response, Request request, long elapsed, List<String> forbids) {
    long age = age(response, elapsed);
    long left = lifetime(response) - age;
    check(response.says("no-cache"), "no-cache", forbids);
    check(request.says("no-cache"), "no-cache in the request", forbids);
    check(request.maxAge().isPresent() && age > request.maxAge().get(), "max-age", forbids);
    check(request.minFresh().isPresent() && left < request.minFresh().get(), "min-fresh", forbids);
    if (left <= 0) {
      boolean accepted =
          request.maxStale().isPresent()
              && request.maxStale().get() >= -left
              && response.sMaxage().isEmpty();
      boolean meanwhile =
          response.whileRevalidate().isPresent()
              && response.whileRevalidate().get() >= -left
              && request.maxAge().isEmpty();
      check(neverStale(response), "must not be stale", forbids);
      check(!accepted && !meanwhile, "stale without permission", forbids);
    }
  }

  private static boolean neverStale(Response response) {
    return response.says("must-revalidate")
        || response.says("proxy-revalidate")
        || response.says("no-cache");
  }

  private static boolean isGuessed(Response response) {
    return response.status() == 200 || response.status() == 404;
  }

  /** RFC 9111 §4.2.1 and §4.2.2. */
  private static long lifetime(Response response) {
    long date = response.origin().date().orElse(0L);
    if (response.sMaxage().isPresent()) {
      return response.sMaxage().get();
    }
    if (response.maxAge().isPresent()) {
      return response.maxAge().get();
    }
    if (response.origin().expires().isPresent()) {
      return Math.max(0, response.origin().expires().get() - date);
    }
    boolean guess = isGuessed(response) || response.says("public");
    if (guess && response.origin().modified().isPresent()) {
      return Math.min(DAY, Math.max(0, date - response.origin().modified().get()) / 10);
    }
    return 0;
  }

  /** RFC 9111 §4.2.3; the response comes in the second in which it is asked for. */
  private static long age(Response response, long elapsed) {
    long apparent = Math.max(0, -response.origin().date().orElse(0L));
    return Math.max(apparent, response.origin().age().orElse(0L)) + elapsed;
  }

  private static void check(boolean forbidden, String why, List<String> forbids) {
    if (forbidden) {
      forbids.add(why);
    }
  }

  private static Optional<Reuse> used(
      Response response, Request first, Request second, long elapsed, Random style) {
    MultiMap asks = fields(second, style);
    return stored(response, first, style)
        .flatMap(stored -> Variants.select(List.of(stored), asks))
        .map(
            stored ->
                Reuse.judge(
                    stored,
                    Terms.of(stored),
                    RequestDirectives.of(asks),
                    CachePolicy.DEFAULTS,
                    Samples.NOW + elapsed * Samples.SECOND,
                    false));
  }

  private static Optional<StoredResponse> stored(Response response, Request request, Random style) {
    var fetch =
        new Fetch(
            "GET",
            fields(request, style),
            response.status(),
            fields(response, style),
            Samples.NOW,
            Samples.NOW);
    return Storing.judge(fetch, CachePolicy.DEFAULTS) instanceof Storable storable
        ? Optional.of(storable.with("GET http://a/", Buffer.buffer("x"), 0))
        : Optional.empty();
  }

  private static MultiMap fields(Response response, Random style) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    List<String> directives = new ArrayList<>(response.flags());
    add(directives, "max-age", response.maxAge(), style);
    add(directives, "s-maxage", response.sMaxage(), style);
    add(directives, "stale-while-revalidate", response.whileRevalidate(), style);
    add(directives, "stale-if-error", response.ifError(), style);
    write(fields, directives, style);
    Origin origin = response.origin();
    origin.date().ifPresent(at -> fields.add("Date", Samples.date(at)));
    origin.expires().ifPresent(at -> fields.add("Expires", Samples.date(at)));
    origin.modified().ifPresent(at -> fields.add("Last-Modified", Samples.date(at)));
    origin.age().ifPresent(age -> fields.add("Age", Long.toString(age)));
    if (origin.tagged()) {
      fields.add("ETag", "\"a\"");
    }
    if (origin.setsCookie()) {
      fields.add("Set-Cookie", "a=b");
    }
    origin.vary().forEach(name -> fields.add("Vary", name));
    return fields;
  }

  private static MultiMap fields(Request request, Random style) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    List<String> directives = new ArrayList<>(request.flags());
    if (directives.remove("authorization")) {
      fields.add("Authorization", "x");
    }
    add(directives, "max-age", request.maxAge(), style);
    add(directives, "min-fresh", request.minFresh(), style);
    add(directives, "max-stale", request.maxStale(), style);
    add(directives, "stale-if-error", request.ifError(), style);
    write(fields, directives, style);
    request.foo().ifPresent(value -> fields.add("Foo", value));
    request.bar().ifPresent(value -> fields.add("Bar", value));
    return fields;
  }

  private static void add(
      List<String> directives, String name, Optional<Long> seconds, Random style) {
    String form = style.nextInt(4) == 0 ? "%s=\"%d\"" : "%s=%d";
    seconds.ifPresent(value -> directives.add(String.format(form, name, value)));
  }

  /** In some order, in some case, on some lines, among directives that say nothing. */
  private static void write(MultiMap fields, List<String> directives, Random style) {
    if (style.nextBoolean() && !directives.isEmpty()) {
      directives.add("ext=\"max-age=99999, public, \\\" no-store\"");
    }
    Collections.shuffle(directives, style);
    var line = new StringBuilder();
    for (String each : directives) {
      String cased = style.nextInt(4) == 0 ? each.toUpperCase(Locale.ROOT) : each;
      line.append(line.isEmpty() ? "" : style.nextBoolean() ? "," : " ,\t").append(cased);
      if (style.nextInt(4) == 0) {
        fields.add("Cache-Control", line.toString());
        line.setLength(0);
      }
    }
    if (!line.isEmpty()) {
      fields.add("Cache-Control", line.toString());
    }
  }

  @Provide
  Arbitrary<Response> responses() {
    return Combinators.combine(
            Arbitraries.of(200, 200, 200, 200, 404, 302, 599, 206),
            flags(
                "no-store",
                "private",
                "no-cache",
                "public",
                "must-revalidate",
                "proxy-revalidate",
                "must-understand",
                "immutable"),
            seconds(0.5),
            seconds(0.2),
            seconds(0.3),
            seconds(0.3),
            origins())
        .as(Response::new);
  }

  private Arbitrary<Origin> origins() {
    return Combinators.combine(
            Arbitraries.longs().between(-60, 60).optional(0.4),
            Arbitraries.longs().between(-50, 300).optional(0.4),
            Arbitraries.longs().between(-3000, 50).optional(0.4),
            seconds(0.2),
            Arbitraries.of(true, false),
            Arbitraries.of(false, false, false, true),
            Arbitraries.of(
                Set.<String>of(),
                Set.<String>of(),
                Set.of("Foo"),
                Set.of("Foo", "Bar"),
                Set.of("*")))
        .as(Origin::new);
  }

  @Provide
  Arbitrary<Request> requests() {
    return Combinators.combine(
            flags("no-cache", "no-store", "authorization"),
            seconds(0.15),
            seconds(0.1),
            seconds(0.3),
            seconds(0.2),
            Arbitraries.of("1", "1", "1", "2").optional(0.8),
            Arbitraries.of("1", "1", "1", "2").optional(0.8))
        .as(Request::new);
  }

  /** Mostly none, so that what is judged is often usable. */
  private static Arbitrary<Set<String>> flags(String... names) {
    Arbitrary<Set<String>> some = Arbitraries.of(names).set().ofMinSize(1).ofMaxSize(2);
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just(Set.<String>of())), Tuple.of(1, some));
  }

  private static Arbitrary<Optional<Long>> seconds(double often) {
    return Arbitraries.longs().between(0, 200).optional(often);
  }

  @Provide
  Arbitrary<Long> elapsed() {
    return Arbitraries.longs().between(0, 90);
  }
}
