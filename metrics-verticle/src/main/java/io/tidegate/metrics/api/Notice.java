package io.tidegate.metrics.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An event with where and when.
 *
 * @param node name of the node that it happened on
 * @param at to the millisecond
 */
public record Notice(String node, Instant at, OperationalEvent event) {
  private static final Map<String, Class<?>> KINDS =
      Arrays.stream(OperationalEvent.class.getPermittedSubclasses())
          .collect(Collectors.toUnmodifiableMap(Notice::kind, type -> type));

  /** Name of the kind of event, as {@code breaker_changed}: log field and metric label. */
  public String kind() {
    return kind(event.getClass());
  }

  private static String kind(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  /**
   * All fields in one object: {@code time}, {@code event} (the kind), {@code node} and those of the
   * event.
   */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("time", at.toString()).put("event", kind()).put("node", node);
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      Object value = value(component);
      json.put(component.getName(), value instanceof List<?> list ? new JsonArray(list) : value);
    }
    return json;
  }

  private Object value(RecordComponent component) {
    try {
      return component.getAccessor().invoke(event);
    } catch (ReflectiveOperationException impossible) {
      throw new AssertionError("an event's components are public", impossible);
    }
  }

  /**
   * The reverse of {@link #toJson}.
   *
   * @throws IllegalArgumentException when the kind is not known here, as that of a newer node
   */
  static Notice of(JsonObject json) {
    Class<?> type = KINDS.get(json.getString("event"));
    if (type == null) {
      throw new IllegalArgumentException(
          "event: kind " + json.getString("event") + " is not known");
    }
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Object[] values = Arrays.stream(components).map(component -> read(json, component)).toArray();
      OperationalEvent event =
          (OperationalEvent) type.getDeclaredConstructor(types).newInstance(values);
      return new Notice(json.getString("node"), Instant.parse(json.getString("time")), event);
    } catch (ReflectiveOperationException | RuntimeException wrong) {
      throw new IllegalArgumentException("event: " + json.encode(), wrong);
    }
  }

  private static Object read(JsonObject json, RecordComponent component) {
    String name = component.getName();
    if (component.getType() == long.class) {
      return json.getLong(name);
    }
    if (component.getType() == boolean.class) {
      return json.getBoolean(name);
    }
    return component.getType() == List.class
        ? json.getJsonArray(name).stream().map(String.class::cast).toList()
        : json.getString(name);
  }
}
