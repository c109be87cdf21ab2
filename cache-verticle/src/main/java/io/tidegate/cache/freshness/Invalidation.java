package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which stored responses a change at the origin makes doubtful (RFC 9111 §4.4). */
public final class Invalidation {
  /** Safe (RFC 9110 §9.2.1 and the registry of methods); every other may change something. */
  private static final Set<String> SAFE =
      Set.of(
          "GET",
          "HEAD",
          "OPTIONS",
          "TRACE",
          "CONNECT",
          "PROPFIND",
          "REPORT",
          "SEARCH",
          "QUERY",
          "PRI");

  private Invalidation() {}

  /** Whether a request with this method may change what is stored. */
  public static boolean isPossible(String method) {
    return !SAFE.contains(method);
  }

  /**
   * Keys, as of {@link RequestKey}, of the target and of what Location and Content-Location name,
   * if that is of the same origin: others could be used to empty a stranger's cache.
   *
   * @param scheme of the target URI, as the others
   * @param query null when there is none
   * @param response the fields of the answer
   * @return empty when the method is safe or the answer an error
   */
  public static Set<String> keys(
      String method,
      String scheme,
      String host,
      String path,
      String query,
      int status,
      MultiMap response,
      CachePolicy.Key key) {
    if (!isPossible(method) || status < 200 || status >= 400) {
      return Set.of();
    }
    Set<String> keys = new LinkedHashSet<>();
    keys.add(RequestKey.of(scheme, host, path, query, key));
    for (String name : List.of("location", "content-location")) {
      for (String reference : response.getAll(name)) {
        addSameOrigin(reference.trim(), scheme, host, path, key, keys);
      }
    }
    return keys;
  }

  private static void addSameOrigin(
      String reference,
      String scheme,
      String host,
      String path,
      CachePolicy.Key key,
      Set<String> keys) {
    try {
      String lowerScheme = scheme.toLowerCase(Locale.ROOT);
      String authority = RequestKey.authority(lowerScheme, host);
      URI base = new URI(lowerScheme + "://" + authority + path);
      URI target = base.resolve(new URI(reference)).normalize();
      if (target.getRawAuthority() == null || target.getScheme() == null) {
        return;
      }
      String targetScheme = target.getScheme().toLowerCase(Locale.ROOT);
      if (targetScheme.equals(lowerScheme)
          && RequestKey.authority(targetScheme, target.getRawAuthority()).equals(authority)) {
        String targetPath = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        keys.add(RequestKey.of(lowerScheme, authority, targetPath, target.getRawQuery(), key));
      }
    } catch (URISyntaxException | IllegalArgumentException unreadable) {
      // A reference that nobody can follow names nothing that is stored.
      return;
    }
  }
}
