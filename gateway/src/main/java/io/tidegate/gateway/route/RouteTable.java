package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All routes, ready to be asked. Which of several routes takes a request is decided in this order:
 *
 * <ol>
 *   <li>Host: a name beats a wildcard, a longer wildcard a shorter one, any wildcard none. {@code
 *       *.example.org} takes hosts at any depth below {@code example.org}, not that name itself.
 *   <li>Path: exact beats template beats prefix. Among templates, and among prefixes, compared
 *       segment by segment from the left: a literal beats a parameter beats {@code **}; so the
 *       longest of plain prefixes wins. {@code /orders/**} takes {@code /orders}, {@code /orders/}
 *       and all below, never {@code /ordersx}.
 *   <li>Conditions: the more of them the better, each header and each query condition counting one
 *       and the list of methods one.
 *   <li>Place in the file: the first.
 * </ol>
 *
 * A route whose method, header or query conditions fail is passed over and the next in this order
 * is tried, across paths and hosts. A route that lists GET takes HEAD too; OPTIONS is a method like
 * any other. When no route takes the request, the answer is 405 if some fail by nothing but their
 * method, else 404.
 *
 * <p>Immutable, safe on any thread. A search depends on the lengths of host and path, not on the
 * number of routes.
 */
public final class RouteTable<T> {
  /** A route and what the caller wants back when it matches. */
  public record Entry<T>(RouteOptions options, T payload) {}

  private final List<Candidate<T>> inFileOrder;
  private final HostNode<T> hosts = new HostNode<>();
  private final Match<T> notFound = new Match.NotFound<>();

  private RouteTable(List<Entry<T>> entries) {
    List<Candidate<T>> candidates = new ArrayList<>(entries.size());
    // Most routes ask the same, so few of these stay in the CPU's cache for all of them.
    Map<Requirements, Requirements> requirements = new HashMap<>();
    PathTable<T> anyHost = new PathTable<>();
    for (Entry<T> entry : entries) {
      try {
        MatchOptions match = entry.options().match();
        Requirements asked = requirements.computeIfAbsent(Requirements.of(match), same -> same);
        PathPattern pattern = PathPattern.parse(match.path());
        Candidate<T> candidate = new Candidate<>(entry, pattern, asked, candidates.size());
        candidates.add(candidate);
        match.hosts().stream().distinct().forEach(h -> hosts.routes(h).add(candidate.copy()));
        if (match.hosts().isEmpty()) {
          anyHost.add(candidate);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "route " + entry.options().id() + ": " + e.getMessage(), e);
      }
    }
    hosts.seal(List.of(anyHost));
    inFileOrder = List.copyOf(candidates);
  }

  /**
   * @param entries in the order of the file
   * @throws IllegalArgumentException when a path or host is not valid, with the route's id
   */
  public static <T> RouteTable<T> build(List<Entry<T>> entries) {
    return new RouteTable<>(entries);
  }

  /**
   * Finds the route of a request.
   *
   * @param host the Host field or {@code :authority}, in any case, with or without port; may be
   *     null
   * @param path in normal form, see {@link RequestTarget}
   * @param method as it came; methods are case-sensitive
   * @param query as it came, null when there is none
   */
  public Match<T> match(String host, String path, String method, MultiMap headers, String query) {
    List<PathTable<T>> tables = hosts.tables(host);
    Search search = null; // made late: an exact path, the common case, needs none
    for (int i = 0; i < tables.size(); i++) {
      PathTable<T> table = tables.get(i);
      Candidate<T> exact = table.exactly(path);
      Candidate<T> found = first(exact, method, headers, query);
      if (found == null) {
        search = search == null ? new Search(path, method, headers, query) : search;
        found = table.search(search, exact);
      }
      if (found != null) {
        return found.found(path);
      }
    }
    Set<String> allow = search == null ? Set.of() : search.allowed();
    return allow.isEmpty() ? notFound : new Match.MethodNotAllowed<>(allow);
  }

  /** Why each route, in the order of the file, takes the request or does not. Not for hot paths. */
  public List<Explanation> explain(
      String host, String path, String method, MultiMap headers, String query) {
    Match<T> match = match(host, path, method, headers, query);
    RouteOptions chosen = match instanceof Match.Found<T> found ? found.route() : null;
    List<PathTable<T>> tables = hosts.tables(host);
    List<Explanation> explanations = new ArrayList<>(inFileOrder.size());
    for (Candidate<T> candidate : inFileOrder) {
      RouteOptions route = candidate.options();
      Optional<String> mismatch = candidate.requirements().unmet(method, headers, query);
      if (!candidate.pattern().matches(path)) {
        mismatch = Optional.of("path");
      }
      if (tables.stream().noneMatch(table -> table.holds(candidate))) {
        mismatch = Optional.of("host");
      }
      explanations.add(new Explanation(route.id(), mismatch, route == chosen));
    }
    return explanations;
  }

  private static <T> Candidate<T> first(
      Candidate<T> list, String method, MultiMap headers, String query) {
    Candidate<T> candidate = list;
    while (candidate != null && !candidate.accepts(method, headers, query)) {
      candidate = candidate.next();
    }
    return candidate;
  }
}
