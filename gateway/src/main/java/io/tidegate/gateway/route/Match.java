package io.tidegate.gateway.route;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How the search for a route ended. */
public sealed interface Match<T> {
  /**
   * A route takes the request. What the path holds is cut out only when asked for.
   *
   * @param payload what was attached to the route when the table was built
   * @param path the request's, in normal form
   */
  record Found<T>(T payload, RouteOptions route, PathPattern pattern, String path)
      implements Match<T> {
    /** The path parameter {@code name} as it stands in the path, not decoded. */
    public Optional<String> parameter(String name) {
      return pattern.parameter(name, path);
    }

    /** All path parameters, from left to right. */
    public Map<String, String> parameters() {
      Map<String, String> values = new LinkedHashMap<>();
      pattern.parameters().forEach(name -> values.put(name, parameter(name).orElseThrow()));
      return values;
    }

    /** What {@code **} took, without a leading slash; see {@link PathPattern#rest}. */
    public String rest() {
      return pattern.rest(path);
    }
  }

  /** No route takes the host and path under its header and query conditions: 404. */
  record NotFound<T>() implements Match<T> {}

  /**
   * At least one route would take the request but for its method: 405.
   *
   * @param allow for the Allow field, in alphabetical order
   */
  record MethodNotAllowed<T>(Set<String> allow) implements Match<T> {}
}
