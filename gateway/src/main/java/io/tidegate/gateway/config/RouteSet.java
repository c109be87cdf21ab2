package io.tidegate.gateway.config;

import io.tidegate.gateway.route.PathPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What concerns all routes together: ids, and two that would take the same requests. */
final class RouteSet {
  private static final int LONGEST_ID = 64;

  private final List<Fields> routes;
  private final Problems problems;

  RouteSet(List<Fields> routes, Problems problems) {
    this.routes = routes;
    this.problems = problems;
  }

  void check() {
    Map<String, Place> ids = new HashMap<>();
    Map<Request, Fields> taken = new HashMap<>();
    for (Fields route : routes) {
      route.text("id").ifPresent(id -> unique(id, route.placeOf("id"), ids));
      Fields match = route.section("match");
      if (route.has("match") && !route.isBroken("match") && match.isIntact()) {
        matches(route, match, taken);
      }
    }
  }

  private void unique(String id, Place place, Map<String, Place> ids) {
    Place first = ids.putIfAbsent(id, place);
    if (first != null) {
      String where = "first in line " + first.line();
      problems.error(place, "found this id twice, " + where + ", expected it once");
    }
  }

  private void matches(Fields route, Fields match, Map<Request, Fields> taken) {
    for (Request request : requests(match)) {
      Fields first = taken.putIfAbsent(request, route);
      if (first != null && first != route) {
        String other = first.place().path() + " in line " + first.place().line();
        problems.error(
            match.place(),
            "matches the same requests as "
                + other
                + ", expected a difference in host, path,"
                + " methods, headers or query");
        return;
      }
    }
  }

  /** Every combination of host and method, with all else that must agree. */
  private static Set<Request> requests(Fields match) {
    String path = PathPattern.parse(match.text("path").orElse("/**")).shape();
    Map<String, String> headers = new TreeMap<>();
    match.texts("headers").forEach((k, v) -> headers.put(k.toLowerCase(Locale.ROOT), v));
    Map<String, String> query = new TreeMap<>(match.texts("query"));
    Set<Request> requests = new LinkedHashSet<>();
    for (String host : orAny(match.items("host", String.class), "any host")) {
      for (String method : orAny(match.items("methods", String.class), "any method")) {
        requests.add(new Request(method, host, path, headers, query));
      }
    }
    return requests;
  }

  private static List<String> orAny(List<String> values, String any) {
    return values.isEmpty() ? List.of(any) : values;
  }

  private record Request(
      String method,
      String host,
      String path,
      Map<String, String> headers,
      Map<String, String> query) {}

  /** One id per route, in order: the given one, else one made from where it goes and its path. */
  List<String> ids() {
    Set<String> taken = new HashSet<>();
    routes.forEach(route -> route.text("id").ifPresent(taken::add));
    Map<String, Integer> next = new HashMap<>();
    List<String> ids = new ArrayList<>();
    for (Fields route : routes) {
      ids.add(route.text("id").orElseGet(() -> free(derived(route), taken, next)));
    }
    return ids;
  }

  private static String free(String id, Set<String> taken, Map<String, Integer> next) {
    String free = id;
    for (int n = next.getOrDefault(id, 2); !taken.add(free); n++) {
      String suffix = "-" + n;
      free = id.substring(0, Math.min(id.length(), LONGEST_ID - suffix.length())) + suffix;
      next.put(id, n + 1);
    }
    return free;
  }

  private static String derived(Fields route) {
    String target =
        route
            .text("upstream")
            .orElse(route.has("split") ? "split" : route.has("respond") ? "respond" : "redirect");
    String path = route.section("match").text("path").orElse("/**");
    String words = path.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^-+|-+$", "");
    String id = words.isEmpty() ? target : target + "-" + words;
    return id.substring(0, Math.min(id.length(), LONGEST_ID));
  }
}
