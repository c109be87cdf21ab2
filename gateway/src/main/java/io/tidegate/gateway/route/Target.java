package io.tidegate.gateway.route;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a route does with a request. */
public sealed interface Target {
  /** Forward to one upstream. */
  record ToUpstream(String upstream) implements Target {}

  /** Forward to one of several by weight. */
  record Split(List<Share> shares) implements Target {
    /** One branch; {@code weight} is relative to the sum, 0 or more. */
    public record Share(String upstream, int weight) {}

    public Split {
      shares = List.copyOf(shares);
    }
  }

  /** Answer here. */
  record Respond(int status, Map<String, String> headers, String body) implements Target {
    public Respond {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers)); // in the file's order
    }
  }

  /** Send the client elsewhere; {@code {name}} takes a path parameter, {@code {path}} all of it. */
  record Redirect(String to, int status) implements Target {}
}
