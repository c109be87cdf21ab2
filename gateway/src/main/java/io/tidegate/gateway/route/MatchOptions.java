package io.tidegate.gateway.route;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which requests a route takes; every part that is given must match.
 *
 * @param hosts exact names or {@code *.example.org}, lower case, without port; empty: any
 * @param path {@code /a/b}, {@code /a/{id}} or {@code /a/**}; always starts with a slash
 * @param methods upper case; empty: any
 * @param headers name to exact value, {@code *} for any value
 * @param query name to exact (decoded) value, {@code *} for any value
 */
public record MatchOptions(
    List<String> hosts,
    String path,
    Set<String> methods,
    Map<String, String> headers,
    Map<String, String> query) {
  public MatchOptions {
    hosts = List.copyOf(hosts);
    methods = Set.copyOf(methods);
    headers = Map.copyOf(headers);
    query = Map.copyOf(query);
  }
}
