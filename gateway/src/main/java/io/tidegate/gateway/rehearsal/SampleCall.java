package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.route.MatchOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A request that a route takes.
 *
 * @param methods used in turn; never empty
 * @param host empty: any
 */
record SampleCall(List<String> methods, String host, String target, Map<String, String> headers) {
  private static final String ANY = "*";
  private static final String SOMETHING = "rehearsal";

  /** Four reads for each write, where the route takes both. */
  private static final List<String> READS_AND_WRITES = List.of("GET", "GET", "GET", "GET", "POST");

  static SampleCall of(MatchOptions match) {
    return new SampleCall(
        methods(match.methods()), host(match.hosts()), target(match), values(match.headers()));
  }

  String method(long n) {
    return methods.get((int) (n % methods.size()));
  }

  private static List<String> methods(Set<String> taken) {
    if (taken.isEmpty() || taken.containsAll(READS_AND_WRITES)) {
      return READS_AND_WRITES;
    }
    return taken.contains("GET") ? List.of("GET") : taken.stream().sorted().limit(1).toList();
  }

  private static String host(List<String> hosts) {
    return hosts.isEmpty() ? "" : hosts.get(0).replace(ANY, SOMETHING);
  }

  private static String target(MatchOptions match) {
    String path =
        match.path().replaceAll("/\\*\\*$", "/" + SOMETHING).replaceAll("\\{[^}]*}", SOMETHING);
    String query =
        values(match.query()).entrySet().stream()
            .map(part -> encoded(part.getKey()) + "=" + encoded(part.getValue()))
            .sorted()
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? path : path + "?" + query;
  }

  private static Map<String, String> values(Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey,
                part -> part.getValue().equals(ANY) ? SOMETHING : part.getValue()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
