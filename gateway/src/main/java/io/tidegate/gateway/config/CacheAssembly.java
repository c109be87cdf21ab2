package io.tidegate.gateway.config;

import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** A route's {@code cache} as a record, and the record as it would be written. */
final class CacheAssembly {
  private CacheAssembly() {}

  static CachePolicy policy(Fields fields) {
    CachePolicy d = CachePolicy.DEFAULTS;
    return new CachePolicy(
        fields.duration("ttl"),
        fields.duration("stale-while-revalidate"),
        fields.duration("stale-if-error"),
        fields.size("max-object", d.maxObject()),
        fields.items("vary", String.class).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .distinct()
            .toList(),
        key(fields.section("key")),
        fields.has("methods") ? Set.copyOf(fields.items("methods", String.class)) : d.methods(),
        statuses(fields),
        fields.items("tags", String.class),
        fields.flag("coalesce", d.coalesce()),
        fields.flag("authorized", d.authorized()));
  }

  private static CachePolicy.Key key(Fields fields) {
    List<String> query = fields.items("query", String.class);
    return new CachePolicy.Key(
        query, fields.items("ignore", String.class), fields.has("query") && query.isEmpty());
  }

  private static Set<Integer> statuses(Fields fields) {
    Set<Integer> statuses = new HashSet<>();
    for (Set<?> range : fields.items("statuses", Set.class)) {
      range.forEach(status -> statuses.add((Integer) status));
    }
    return statuses;
  }

  static JsonObject json(CachePolicy policy) {
    JsonObject json = new JsonObject();
    policy.ttl().ifPresent(ttl -> json.put("ttl", Units.write(ttl)));
    policy
        .staleWhileRevalidate()
        .ifPresent(time -> json.put("stale-while-revalidate", Units.write(time)));
    policy.staleIfError().ifPresent(time -> json.put("stale-if-error", Units.write(time)));
    json.put("max-object", Units.writeSize(policy.maxObject())).put("vary", array(policy.vary()));
    JsonObject key = new JsonObject();
    if (policy.key().ignoreAll() || !policy.key().query().isEmpty()) {
      key.put("query", array(policy.key().query()));
    } else if (!policy.key().ignore().isEmpty()) {
      key.put("ignore", array(policy.key().ignore()));
    }
    if (!key.isEmpty()) {
      json.put("key", key);
    }
    json.put("methods", array(new TreeSet<>(policy.methods())));
    if (!policy.statuses().isEmpty()) {
      json.put("statuses", HttpShapes.ranges(policy.statuses()));
    }
    return json.put("tags", array(policy.tags()))
        .put("coalesce", policy.coalesce())
        .put("authorized", policy.authorized());
  }

  private static JsonArray array(Collection<String> texts) {
    return new JsonArray(List.copyOf(texts));
  }
}
