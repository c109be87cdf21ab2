package io.tidegate.gateway.admin;

import io.tidegate.cache.api.PurgeOrder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The cache from the operator's side.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>GET /cache<td>200, what is kept and how often that helped
 * <tr><td>POST /cache/purge<td>one of {@code {"url":"http://host/path"}}, {@code {"prefix":"…"}},
 *     {@code {"tag":"…"}}, {@code {"all":true}}, and {@code "soft":true} to mark as stale only: 200
 *     {@code {"purged":3,"kind":"tag","soft":false}}, the number being what this node had in memory;
 *     400
 * </table>
 */
final class CacheDesk {
  private static final String EXPECTED =
      "expected: one of {\"url\":\"http://host/path\"}, {\"prefix\":\"http://host/\"},"
          + " {\"tag\":\"name\"}, {\"all\":true}, each with an optional \"soft\":true";

  private static final Set<String> KEYS = Set.of("url", "prefix", "tag", "all", "soft");

  private final Operations operations;

  CacheDesk(Operations operations) {
    this.operations = operations;
  }

  Future<Answer> cache() {
    return operations.cache().map(Answer::ok);
  }

  Future<Answer> purge(Buffer body) {
    PurgeOrder order;
    try {
      order = order(body == null ? new JsonObject() : new JsonObject(body));
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return Future.succeededFuture(Answer.problem(400, EXPECTED));
    }
    return operations
        .purge(order)
        .map(
            count ->
                Answer.ok(
                    new JsonObject()
                        .put("purged", count)
                        .put("kind", word(order.kind()))
                        .put("soft", order.soft())));
  }

  private static String word(PurgeOrder.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static PurgeOrder order(JsonObject json) {
    List<PurgeOrder> orders = new ArrayList<>();
    boolean soft = flag(json, "soft");
    if (!KEYS.containsAll(json.fieldNames())) {
      throw new IllegalArgumentException("an unknown key");
    }
    for (PurgeOrder.Kind kind : PurgeOrder.Kind.values()) {
      if (kind == PurgeOrder.Kind.ALL) {
        if (flag(json, "all")) {
          orders.add(new PurgeOrder(kind, "", soft));
        }
      } else if (json.getValue(word(kind)) instanceof String text) {
        orders.add(new PurgeOrder(kind, text, soft));
      } else if (json.containsKey(word(kind))) {
        throw new IllegalArgumentException(word(kind) + ": no text");
      }
    }
    if (orders.size() != 1) {
      throw new IllegalArgumentException("not one order");
    }
    return orders.get(0);
  }

  private static boolean flag(JsonObject json, String key) {
    Object value = json.getValue(key, false);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException(key + ": neither true nor false");
  }

  /** What the audit notes of it: nothing that a stranger could have made up. */
  static String noted(Buffer body) {
    try {
      PurgeOrder order = order(body == null ? new JsonObject() : new JsonObject(body));
      return word(order.kind()) + (order.soft() ? " soft" : "");
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return "?";
    }
  }
}
