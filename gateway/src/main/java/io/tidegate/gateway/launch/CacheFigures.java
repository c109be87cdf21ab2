package io.tidegate.gateway.launch;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is counted of the cache, for people. Read from the meters' text, so that both never say
 * different things.
 */
final class CacheFigures {
  private static final Pattern LINE =
      Pattern.compile("tidegate_cache_([a-z_]+)(?:\\{(.*)})? ([0-9.eE+-]+)(?: .*)?");

  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private final JsonObject memory = new JsonObject();
  private final JsonObject evictions = new JsonObject();
  private final Map<String, JsonObject> routes = new TreeMap<>();

  private CacheFigures() {}

  /** Fields: {@code memory}, {@code evictions}, and {@code routes} by id. */
  static JsonObject of(String exposition) {
    var figures = new CacheFigures();
    exposition.lines().map(LINE::matcher).filter(Matcher::matches).forEach(figures::take);
    JsonArray all = new JsonArray();
    figures.routes.forEach((id, route) -> all.add(rated(route)));
    return new JsonObject()
        .put("memory", figures.memory)
        .put("evictions", figures.evictions)
        .put("routes", all);
  }

  private void take(Matcher line) {
    long value = (long) Double.parseDouble(line.group(3));
    String labels = line.group(2) == null ? "" : line.group(2);
    switch (line.group(1)) {
      case "bytes" -> memory.put("bytes", value);
      case "entries" -> memory.put("entries", value);
      case "limit_bytes" -> memory.put("limit", value);
      case "evictions_total" -> evictions.put(label(labels, "reason"), value);
      case "hits_total" -> add(labels, "hits", label(labels, "use"), value);
      case "misses_total" -> add(labels, "misses", label(labels, "reason"), value);
      case "coalesced_total" -> route(labels).put("coalesced", value);
      default -> {
        // Times are for /metrics.
      }
    }
  }

  private void add(String labels, String kind, String reason, long value) {
    JsonObject by = route(labels).getJsonObject(kind);
    by.put(reason, by.getLong(reason, 0L) + value);
  }

  private JsonObject route(String labels) {
    return routes.computeIfAbsent(
        label(labels, "route"),
        id ->
            new JsonObject()
                .put("id", id)
                .put("hits", new JsonObject())
                .put("misses", new JsonObject())
                .put("coalesced", 0L));
  }

  private static JsonObject rated(JsonObject route) {
    long hits = sum(route.getJsonObject("hits"));
    long all = hits + sum(route.getJsonObject("misses"));
    return route.put("hit-ratio", all == 0 ? 0 : Math.round(1000.0 * hits / all) / 1000.0);
  }

  private static long sum(JsonObject counts) {
    return counts.fieldNames().stream().mapToLong(counts::getLong).sum();
  }

  private static String label(String labels, String name) {
    Matcher label = LABEL.matcher(labels);
    while (label.find()) {
      if (label.group(1).equals(name)) {
        return label.group(2);
      }
    }
    return "";
  }
}
