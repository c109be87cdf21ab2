package io.tidegate.cache.store;

import io.tidegate.cache.api.PurgeOrder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What nodes tell each other of orders to forget. Messages may be lost: each node numbers its own
 * and repeats the last of them now and then, so that the others notice what they missed; who has
 * missed more than is repeated forgets everything. On the verticle's event loop.
 */
final class News {
  private static final int REPEATED = 64;
  private static final int NODES = 256;
  private static final PurgeOrder EVERYTHING = new PurgeOrder(PurgeOrder.Kind.ALL, "", false);

  private final String node = UUID.randomUUID().toString();
  private final Deque<PurgeOrder> recent = new ArrayDeque<>();

  /** Number of the last order heard of each node; who was silent for longest is forgotten. */
  private final Map<String, Long> heard =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > NODES;
        }
      };

  private long number;

  /** A message that tells of an order. */
  JsonObject of(PurgeOrder order) {
    number++;
    recent.addLast(order);
    if (recent.size() > REPEATED) {
      recent.removeFirst();
    }
    return message(List.of(order), false);
  }

  /** A message that repeats; null when there is nothing to repeat. */
  JsonObject repeated() {
    return number == 0 ? null : message(List.copyOf(recent), true);
  }

  /** A message that tells of changed keys: not numbered, since their lifetime mends a loss. */
  JsonObject changed(Iterable<String> keys) {
    JsonArray all = new JsonArray();
    keys.forEach(all::add);
    return new JsonObject().put("node", node).put("changed", all);
  }

  private JsonObject message(List<PurgeOrder> orders, boolean repeats) {
    JsonArray all = new JsonArray();
    for (PurgeOrder each : orders) {
      all.add(
          new JsonObject()
              .put("kind", each.kind().name())
              .put("text", each.text())
              .put("soft", each.soft()));
    }
    return new JsonObject()
        .put("node", node)
        .put("number", number)
        .put("repeats", repeats)
        .put("orders", all);
  }

  /** Keys that another node says have changed. */
  List<String> changedIn(JsonObject message) {
    List<String> keys = new ArrayList<>();
    if (!node.equals(message.getString("node"))) {
      message.getJsonArray("changed", new JsonArray()).forEach(key -> keys.add((String) key));
    }
    return keys;
  }

  /** Orders that were not known yet. */
  List<PurgeOrder> newIn(JsonObject message) {
    String from = message.getString("node");
    if (node.equals(from) || !message.containsKey("orders")) {
      return List.of();
    }
    long latest = message.getLong("number");
    List<PurgeOrder> told = orders(message.getJsonArray("orders"));
    Long before = heard.get(from);
    if (before == null && !message.getBoolean("repeats")) {
      // Those before it may have been lost on their way here: the next repetition tells.
      heard.put(from, 0L);
      before = 0L;
    }
    long missing = before == null ? told.size() : latest - before;
    if (missing <= 0) {
      return List.of();
    }
    if (missing > told.size()) {
      return missed(from, latest, told, message.getBoolean("repeats"));
    }
    heard.put(from, latest);
    return told.subList(told.size() - (int) missing, told.size());
  }

  /** A single order overtook or lost those before it: the next repetition tells. */
  private List<PurgeOrder> missed(
      String from, long latest, List<PurgeOrder> told, boolean repeats) {
    if (!repeats) {
      return told;
    }
    heard.put(from, latest);
    return List.of(EVERYTHING);
  }

  private static List<PurgeOrder> orders(JsonArray all) {
    List<PurgeOrder> orders = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      JsonObject each = all.getJsonObject(i);
      orders.add(
          new PurgeOrder(
              PurgeOrder.Kind.valueOf(each.getString("kind")),
              each.getString("text"),
              each.getBoolean("soft")));
    }
    return orders;
  }
}
