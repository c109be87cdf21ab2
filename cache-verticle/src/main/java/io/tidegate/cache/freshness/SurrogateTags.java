package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.MultiMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tags by which a response can be purged: those of the route, of {@code Surrogate-Key}
 * (separated by spaces) and of {@code Cache-Tag} (separated by commas). What is beyond the bounds
 * is not a tag; the response is stored all the same.
 */
final class SurrogateTags {
  private static final int MOST = 256;
  private static final int LONGEST = 256;
  private static final Pattern SPACES = Pattern.compile("[ \\t]+");
  private static final Pattern COMMAS = Pattern.compile(",");

  private SurrogateTags() {}

  static List<String> of(MultiMap response, CachePolicy policy) {
    List<String> keys = response.getAll("surrogate-key");
    List<String> tags = response.getAll("cache-tag");
    if (keys.isEmpty() && tags.isEmpty()) {
      return policy.tags();
    }
    Set<String> found = new LinkedHashSet<>(policy.tags());
    keys.forEach(line -> add(SPACES, line, found));
    tags.forEach(line -> add(COMMAS, line, found));
    return List.copyOf(found);
  }

  private static void add(Pattern separator, String line, Set<String> found) {
    for (String part : separator.split(line)) {
      String tag = part.trim();
      if (!tag.isEmpty() && tag.length() <= LONGEST && found.size() < MOST) {
        found.add(tag);
      }
    }
  }
}
