package io.tidegate.cache.freshness;

import io.tidegate.cache.api.Fields;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which fields of a response are kept (RFC 9111 §3.1) and which may come in later by a validation
 * (§3.2). Date and the origin's Cache-Status are kept as they are; Age is told anew each time.
 */
final class StoredFields {
  /** Of one connection (RFC 9110 §7.6.1), of one proxy (RFC 9111 §3.1), or told anew. */
  private static final Set<String> NEVER =
      Set.of(
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "proxy-connection",
          "age",
          "set-cookie");

  /**
   * Meant for the nearest surrogate, which is this one. Cache-Tag is not among them: caches further
   * out are purged by it.
   */
  private static final Set<String> FOR_SURROGATES = Set.of("surrogate-control", "surrogate-key");

  /**
   * What describes the bytes that are kept rather than the resource. §3.2 names Content-Length; a
   * Content-Encoding that no longer fits the bytes would break every reader of them.
   */
  private static final Set<String> NOT_UPDATED =
      Set.of("content-length", "content-encoding", "content-range", "content-transfer-encoding");

  private StoredFields() {}

  static Fields of(MultiMap response, List<String> withheld) {
    Set<String> nominated = nominated(response, withheld);
    List<CharSequence> kept = new ArrayList<>(response.size() * 2);
    for (Map.Entry<String, String> field : response) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!NEVER.contains(name) && !FOR_SURROGATES.contains(name) && !nominated.contains(name)) {
        kept.add(field.getKey());
        kept.add(field.getValue());
      }
    }
    return Fields.of(kept.toArray(CharSequence[]::new));
  }

  /** The stored fields, each replaced by those of the same name in {@code update}. */
  static MultiMap updated(Fields stored, MultiMap update) {
    MultiMap merged = MultiMap.caseInsensitiveMultiMap();
    stored.forEach((name, value) -> merged.add(name.toString(), value.toString()));
    Set<String> nominated = nominated(update, List.of());
    Set<String> replaced = new HashSet<>();
    for (Map.Entry<String, String> field : update) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      boolean taken = !NOT_UPDATED.contains(name) && !nominated.contains(name) && !isOfOneHop(name);
      if (taken && replaced.add(name)) {
        merged.remove(name);
      }
      if (taken) {
        merged.add(field.getKey(), field.getValue());
      }
    }
    return merged;
  }

  /** Age and what is for surrogates must still be seen when the lifetime is worked out anew. */
  private static boolean isOfOneHop(String name) {
    return NEVER.contains(name) && !name.equals("age");
  }

  private static Set<String> nominated(MultiMap response, List<String> withheld) {
    List<String> lines = response.getAll("connection");
    if (lines.isEmpty() && withheld.isEmpty()) {
      return Set.of();
    }
    List<String> names = new ArrayList<>(withheld);
    lines.forEach(line -> FieldNames.split(line, names, Integer.MAX_VALUE));
    return new HashSet<>(names);
  }
}
