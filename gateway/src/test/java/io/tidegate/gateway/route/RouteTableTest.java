package io.tidegate.gateway.route;

import static io.tidegate.gateway.route.Routes.header;
import static io.tidegate.gateway.route.Routes.hosts;
import static io.tidegate.gateway.route.Routes.methods;
import static io.tidegate.gateway.route.Routes.path;
import static io.tidegate.gateway.route.Routes.query;
import static io.tidegate.gateway.route.Routes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
  private static final MultiMap NO_HEADERS = MultiMap.caseInsensitiveMultiMap();

  @ParameterizedTest
  @CsvSource({
    "/orders, 0",
    "/orders/, 0",
    "/orders/1, 0",
    "/orders/1/2, 0",
    "/ordersx, -1",
    "/order, -1",
    "/, -1"
  })
  void aPrefixTakesItselfAndAllBelowInWholeSegments(String path, int route) {
    assertThat(found(table(path("/orders/**")), path)).isEqualTo(route);
  }

  @ParameterizedTest
  @CsvSource({"/a/1, 0", "/a/, -1", "/a, -1", "/a/1/, -1", "/a/1/b, -1", "/a/%2F, 0"})
  void aParameterTakesOneSegmentThatIsNotEmpty(String path, int route) {
    assertThat(found(table(path("/a/{id}")), path)).isEqualTo(route);
  }

  @ParameterizedTest
  @CsvSource({"/a/b, 0", "/a/c, 1", "/a/c/d, 2", "/a/, 2", "/x, 3", "/, 3"})
  void exactBeatsTemplateBeatsPrefix(String path, int route) {
    RouteTable<Integer> table = table(path("/a/b"), path("/a/{x}"), path("/a/**"), path("/**"));
    assertThat(found(table, path)).isEqualTo(route);
  }

  @Test
  void aTemplateBeatsAPrefixWithMoreLiterals() {
    assertThat(found(table(path("/a/b/**"), path("/{x}/{y}/{z}")), "/a/b/c")).isEqualTo(1);
  }

  @Test
  void literalsBeatParametersFromTheLeft() {
    RouteTable<Integer> table =
        table(path("/{x}/b/c"), path("/a/{y}/{z}"), path("/a/{y}/c"), path("/a/b/{z}"));
    assertThat(found(table, "/a/b/c")).isEqualTo(3);
    assertThat(found(table, "/a/x/c")).isEqualTo(2);
    assertThat(found(table, "/a/x/y")).isEqualTo(1);
    assertThat(found(table, "/x/b/c")).isZero();
  }

  @Test
  void givesBackWhatThePathHolds() {
    Match<Integer> match = match(table(path("/a/{id}/**")), null, "/a/7/x/y", "GET");
    assertThat(match).isInstanceOf(Match.Found.class);
    Match.Found<Integer> found = (Match.Found<Integer>) match;
    assertThat(found.payload()).isZero();
    assertThat(found.route().id()).isEqualTo("0");
    assertThat(found.parameters()).containsExactly(Map.entry("id", "7"));
    assertThat(found.rest()).isEqualTo("x/y");
  }

  @ParameterizedTest
  @CsvSource({
    "api.example.org, 0",
    "API.Example.ORG:8080, 0",
    "api.example.org., 0",
    "x.example.org, 1",
    "x.y.example.org, 1",
    "x.sub.example.org, 2",
    "example.org, 3",
    "xexample.org, 3",
    "org, 3",
    "[::1]:8080, 4",
    ", 3",
  })
  void aNameBeatsALongerWildcardBeatsAShorterOneBeatsNone(String host, int route) {
    RouteTable<Integer> table =
        table(
            hosts(path("/**"), "api.example.org"),
            hosts(path("/**"), "*.example.org"),
            hosts(path("/**"), "*.sub.example.org"),
            path("/**"),
            hosts(path("/**"), "[::1]"));
    assertThat(match(table, host, "/a", "GET")).extracting("payload").isEqualTo(route);
  }

  @Test
  void theHostWeighsMoreThanThePath() {
    RouteTable<Integer> table = table(path("/a"), hosts(path("/**"), "*.example.org"));
    assertThat(match(table, "x.example.org", "/a", "GET")).extracting("payload").isEqualTo(1);
  }

  @Test
  void fallsBackToLessSpecificHostsWhenThePathIsNotThere() {
    RouteTable<Integer> table =
        table(
            hosts(path("/a"), "x.b.c"),
            hosts(path("/b"), "*.b.c"),
            hosts(path("/c"), "*.c"),
            path("/d"));
    assertThat(match(table, "x.b.c", "/b", "GET")).extracting("payload").isEqualTo(1);
    assertThat(match(table, "x.b.c", "/c", "GET")).extracting("payload").isEqualTo(2);
    assertThat(match(table, "x.b.c", "/d", "GET")).extracting("payload").isEqualTo(3);
    assertThat(match(table, "x.b.c", "/e", "GET")).isInstanceOf(Match.NotFound.class);
  }

  @Test
  void goesBackToTheNextSpecificRouteWhenAConditionFails() {
    RouteTable<Integer> table =
        table(
            header(path("/a/b"), "X-Beta", "1"),
            header(path("/a/{x}"), "X-Beta", "2"),
            header(path("/{x}/b"), "X-Beta", "3"),
            header(path("/a/**"), "X-Beta", "4"),
            path("/**"));
    for (int i = 0; i < 4; i++) {
      assertThat(found(table, "/a/b", beta(String.valueOf(i + 1)), null)).isEqualTo(i);
    }
    assertThat(found(table, "/a/b", NO_HEADERS, null)).isEqualTo(4);
  }

  @Test
  void moreConditionsBeatFewerAndTheFileDecidesTies() {
    RouteTable<Integer> table =
        table(
            path("/a"),
            methods(path("/a"), "GET"),
            query(methods(path("/a"), "GET"), "debug", "*"),
            header(methods(path("/a"), "GET"), "X-Beta", "*"));
    assertThat(found(table, "/a", beta(""), "debug")).isEqualTo(2);
    assertThat(found(table, "/a", beta(""), null)).isEqualTo(3);
    assertThat(found(table, "/a", NO_HEADERS, null)).isEqualTo(1);
    assertThat(match(table, null, "/a", "PUT")).extracting("payload").isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({
    "a=1, 0",
    "b=2&a=1, 0",
    "a=2&a=1, -1",
    "a=1&a=2, 0",
    "%61=%31, 0",
    "a, -1",
    "aa=1, -1",
    "b=a=1, -1",
    ", -1"
  })
  void aQueryConditionAsksTheFirstDecodedValue(String query, int route) {
    assertThat(found(table(query(path("/"), "a", "1")), "/", NO_HEADERS, query)).isEqualTo(route);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%20b=x+y%C3%A9", "a+b=x%20y%c3%a9", "&&a+b=x+y%C3%A9&a+b"})
  void aQueryConditionIsWrittenDecoded(String query) {
    assertThat(found(table(query(path("/"), "a b", "x yé")), "/", NO_HEADERS, query)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"debug", "debug=", "x=1&debug=0", "%64ebug"})
  void aStarAsksThatTheNameIsThere(String query) {
    assertThat(found(table(query(path("/"), "debug", "*")), "/", NO_HEADERS, query)).isZero();
  }

  @Test
  void aHeaderConditionIsMetByAnyLineInAnyCaseOfTheName() {
    RouteTable<Integer> table = table(header(path("/"), "X-Beta", "b"));
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("x-beta", "a").add("x-BETA", "b");
    assertThat(found(table, "/", headers, null)).isZero();
    assertThat(found(table, "/", beta("B"), null)).isEqualTo(-1);
  }

  @Test
  void aRouteThatListsGetTakesHead() {
    assertThat(match(table(methods(path("/a"), "GET")), null, "/a", "HEAD"))
        .isInstanceOf(Match.Found.class);
    assertThat(match(table(methods(path("/a"), "POST")), null, "/a", "HEAD"))
        .isEqualTo(new Match.MethodNotAllowed<Integer>(Set.of("POST")));
  }

  @Test
  void allowsTheMethodsOfEveryRouteThatFailsByItsMethodAlone() {
    RouteTable<Integer> table =
        table(
            hosts(methods(path("/a/b"), "GET"), "h"),
            methods(path("/a/{x}"), "PUT"),
            methods(path("/a/**"), "DELETE"),
            methods(header(path("/a/b"), "X-Beta", "1"), "PATCH"));
    Match<Integer> match = match(table, "h", "/a/b", "POST");
    assertThat(match).isInstanceOf(Match.MethodNotAllowed.class);
    assertThat(((Match.MethodNotAllowed<Integer>) match).allow())
        .containsExactly("DELETE", "GET", "HEAD", "PUT");
    assertThat(match(table, "h", "/x", "POST")).isInstanceOf(Match.NotFound.class);
  }

  @Test
  void anotherRouteMayTakeAMethodThatTheMostSpecificDoesNot() {
    RouteTable<Integer> table = table(methods(path("/a"), "GET"), path("/**"));
    assertThat(match(table, null, "/a", "POST")).extracting("payload").isEqualTo(1);
  }

  @Test
  void explainsEachRouteByTheFirstThingThatDoesNotFit() {
    RouteTable<Integer> table =
        table(
            hosts(path("/x"), "other"),
            path("/x"),
            methods(path("/a"), "PUT"),
            header(path("/a"), "X-Beta", "1"),
            query(path("/a"), "debug", "*"),
            path("/**"),
            path("/a"));
    List<Explanation> explanations = table.explain("h", "/a", "GET", NO_HEADERS, null);
    assertThat(explanations)
        .extracting(e -> e.mismatch().orElse(e.chosen() ? "chosen" : "fits"))
        .containsExactly(
            "host", "path", "method", "header X-Beta", "query debug", "fits", "chosen");
    assertThat(explanations).extracting(Explanation::routeId).contains("0", "6");
  }

  @Test
  void refusesARouteThatIsNotValidByItsId() {
    assertThatThrownBy(() -> table(path("/a"), path("/a{b")))
        .hasMessageStartingWith("route 1: {name} takes a whole segment");
    assertThatThrownBy(() -> table(hosts(path("/a"), "a.*.b")))
        .hasMessage("route 0: a host is a name, or *. before a name for all hosts below it: a.*.b");
  }

  private static MultiMap beta(String value) {
    return MultiMap.caseInsensitiveMultiMap().add("X-Beta", value);
  }

  private static Match<Integer> match(
      RouteTable<Integer> table, String host, String path, String method) {
    return table.match(host, path, method, NO_HEADERS, null);
  }

  private static int found(RouteTable<Integer> table, String path) {
    return found(table, path, NO_HEADERS, null);
  }

  private static int found(RouteTable<Integer> table, String path, MultiMap headers, String query) {
    return table.match("any", path, "GET", headers, query) instanceof Match.Found<Integer> found
        ? found.payload()
        : -1;
  }
}
