package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The table against a scan of all routes that spells the documented order out. */
class RouteTableModelTest {
  record Request(String host, String path, String method, String beta, String query) {
    MultiMap headers() {
      MultiMap headers = MultiMap.caseInsensitiveMultiMap();
      return beta.isEmpty() ? headers : headers.add("X-Beta", beta);
    }
  }

  @Property(tries = 3000)
  void findsWhatAScanOfAllRoutesFinds(
      @ForAll("tables") List<MatchOptions> routes, @ForAll("requests") List<Request> requests) {
    RouteTable<Integer> table = Routes.table(routes.toArray(MatchOptions[]::new));
    for (Request request : requests) {
      Match<Integer> match =
          table.match(
              request.host(), request.path(), request.method(), request.headers(), request.query());
      List<MatchOptions> butForMethod =
          routes.stream().filter(route -> fitsButForMethod(route, request)).toList();
      Optional<MatchOptions> best =
          butForMethod.stream()
              .filter(
                  route -> methods(route).isEmpty() || methods(route).contains(request.method()))
              .min(order(routes, request));
      if (best.isPresent()) {
        assertThat(match).isInstanceOf(Match.Found.class);
        assertThat(routes.get(((Match.Found<Integer>) match).payload())).isSameAs(best.get());
      } else if (butForMethod.isEmpty()) {
        assertThat(match).isEqualTo(new Match.NotFound<Integer>());
      } else {
        Set<String> allow = new TreeSet<>();
        butForMethod.forEach(route -> allow.addAll(methods(route)));
        assertThat(match).isEqualTo(new Match.MethodNotAllowed<Integer>(allow));
      }
    }
  }

  @Property(tries = 500)
  void explainsExactlyTheRoutesThatFit(
      @ForAll("tables") List<MatchOptions> routes, @ForAll("requests") List<Request> requests) {
    RouteTable<Integer> table = Routes.table(routes.toArray(MatchOptions[]::new));
    for (Request request : requests) {
      List<Explanation> explanations =
          table.explain(
              request.host(), request.path(), request.method(), request.headers(), request.query());
      Predicate<MatchOptions> fits =
          route ->
              fitsButForMethod(route, request)
                  && (methods(route).isEmpty() || methods(route).contains(request.method()));
      for (int i = 0; i < routes.size(); i++) {
        assertThat(explanations.get(i).mismatch().isEmpty()).isEqualTo(fits.test(routes.get(i)));
      }
      assertThat(explanations.stream().filter(Explanation::chosen).count())
          .isEqualTo(routes.stream().anyMatch(fits) ? 1 : 0);
    }
  }

  private static Comparator<MatchOptions> order(List<MatchOptions> routes, Request request) {
    return Comparator.<MatchOptions>comparingInt(route -> -hostRank(route, request.host()))
        .thenComparing(route -> PathPattern.parse(route.path()).kind())
        .thenComparing(RouteTableModelTest::bySegments)
        .thenComparingInt(
            route ->
                -(route.headers().size()
                    + route.query().size()
                    + (route.methods().isEmpty() ? 0 : 1)))
        .thenComparingInt(
            route -> { // by identity: equal routes may stand twice
              int index = 0;
              while (routes.get(index) != route) {
                index++;
              }
              return index;
            });
  }

  /** Sorts as text: 0 a literal, 1 a parameter, 2 what is behind {@code **} or the end. */
  private static String bySegments(MatchOptions route) {
    StringBuilder ranks = new StringBuilder();
    for (String segment : route.path().substring(1).split("/", -1)) {
      ranks.append(segment.equals("**") ? '2' : segment.startsWith("{") ? '1' : '0');
    }
    return ranks.toString();
  }

  private static int hostRank(MatchOptions route, String host) {
    if (route.hosts().isEmpty()) {
      return 0;
    }
    return route.hosts().stream()
        .mapToInt(
            pattern -> {
              boolean wildcard = pattern.startsWith("*.");
              if (wildcard) {
                return host.endsWith(pattern.substring(1)) ? pattern.length() : -1;
              }
              return host.equals(pattern) ? 1000 : -1;
            })
        .max()
        .orElseThrow();
  }

  private static boolean fitsButForMethod(MatchOptions route, Request request) {
    return hostRank(route, request.host()) >= 0
        && request.path().matches(regex(route.path()))
        && route.headers().values().stream()
            .allMatch(v -> v.equals("*") ? !request.beta().isEmpty() : v.equals(request.beta()))
        && route.query().values().stream()
            .allMatch(
                v ->
                    v.equals("*")
                        ? !request.query().isEmpty()
                        : request.query().equals("debug=" + v));
  }

  private static String regex(String path) {
    boolean prefix = path.endsWith("/**");
    String plain = prefix ? path.substring(0, path.length() - 3) : path;
    return plain.replaceAll("\\{.}", "[^/]+") + (prefix ? "(/.*)?" : "");
  }

  private static Set<String> methods(MatchOptions route) {
    Set<String> methods = new TreeSet<>(route.methods());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  @Provide
  Arbitrary<List<MatchOptions>> tables() {
    Arbitrary<List<String>> hosts =
        Arbitraries.of("a", "b.a", "c.b.a", "*.a", "*.b.a").list().ofMaxSize(2);
    Arbitrary<Set<String>> methods = Arbitraries.of("GET", "PUT", "POST").set().ofMaxSize(2);
    Arbitrary<Map<String, String>> headers =
        Arbitraries.of(Map.of(), Map.of(), Map.of("X-Beta", "1"), Map.of("x-beta", "*"));
    Arbitrary<Map<String, String>> query =
        Arbitraries.of(Map.of(), Map.of(), Map.of("debug", "1"), Map.of("debug", "*"));
    return Combinators.combine(hosts, patterns(), methods, headers, query)
        .as(MatchOptions::new)
        .list()
        .ofMaxSize(20);
  }

  private static Arbitrary<String> patterns() {
    return Arbitraries.of("x", "y", "{}")
        .list()
        .ofMinSize(0)
        .ofMaxSize(3)
        .flatMap(
            segments ->
                Arbitraries.of("", "/", "/**")
                    .map(
                        end ->
                            named(segments) + (segments.isEmpty() && end.isEmpty() ? "/" : end)));
  }

  private static String named(List<String> segments) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < segments.size(); i++) {
      path.append('/').append(segments.get(i).replace("{}", "{" + (char) ('a' + i) + "}"));
    }
    return path.toString();
  }

  @Provide
  Arbitrary<List<Request>> requests() {
    Arbitrary<String> paths =
        Combinators.combine(
                Arbitraries.of("x", "y", "z").list().ofMaxSize(4), Arbitraries.of("", "/"))
            .as(
                (segments, end) ->
                    segments.isEmpty() ? "/" : "/" + String.join("/", segments) + end);
    return Combinators.combine(
            Arbitraries.of("a", "b.a", "c.b.a", "d.c.b.a", "e.a", "z"),
            paths,
            Arbitraries.of(Arrays.asList("GET", "HEAD", "PUT", "DELETE")),
            Arbitraries.of("", "1", "2"),
            Arbitraries.of("", "debug=1", "debug=2"))
        .as(Request::new)
        .list()
        .ofSize(10);
  }
}
