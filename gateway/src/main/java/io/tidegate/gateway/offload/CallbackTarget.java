package io.tidegate.gateway.offload;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Which URLs may be told of the end of a job, as far as the URL itself shows. */
final class CallbackTarget {
  private static final int LONGEST = 2048;

  private CallbackTarget() {}

  /** What would be expected in the place of {@code url}; empty when it is fine. */
  static Optional<String> check(String url, CallbackOptions options) {
    URI uri;
    try {
      uri = new URI(url.trim());
    } catch (URISyntaxException e) {
      return Optional.of("a URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean fits = scheme.equals("https") || (options.http() && scheme.equals("http"));
    if (!fits) {
      return Optional.of(options.http() ? "an http or https URL" : "an https URL");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      return Optional.of("a URL with a host, without user and fragment");
    }
    if (url.length() > LONGEST || uri.getPort() == 0 || uri.getPort() > 65535) {
      return Optional.of("a URL of at most " + LONGEST + " characters with a valid port");
    }
    return isAllowed(uri.getHost().toLowerCase(Locale.ROOT), options)
        ? Optional.empty()
        : Optional.of("a host that may be called");
  }

  private static boolean isAllowed(String host, CallbackOptions options) {
    return options.hosts().isEmpty()
        || options.hosts().stream()
            .anyMatch(
                pattern ->
                    pattern.startsWith("*.")
                        ? host.endsWith(pattern.substring(1))
                        : host.equals(pattern));
  }
}
