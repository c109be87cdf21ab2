package io.tidegate.gateway.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping after its shape was checked: known keys only, each with a value of the right type.
 * Asking for a type that the key does not have is a mistake in this package and fails at once.
 */
record Fields(Place place, Map<String, Value> values) implements Value {
  Fields {
    values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static Fields none(Place place) {
    return new Fields(place, Map.of());
  }

  /** Whether the key was written, right or wrong. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  boolean isOff(String key) {
    return values.get(key) instanceof Value.Off;
  }

  boolean isBroken(String key) {
    return values.get(key) instanceof Value.Broken;
  }

  /** The place of the key's value, or of this mapping under the key's name. */
  Place placeOf(String key) {
    Value value = values.get(key);
    return value == null ? place.missing(key) : value.place();
  }

  /** The value, unless it is missing or wrong. */
  <T> Optional<T> get(String key, Class<T> type) {
    if (values.get(key) instanceof Value.Single single) {
      return Optional.of(type.cast(single.content()));
    }
    return Optional.empty();
  }

  /** How a message names the value. */
  String shown(String key) {
    return values.get(key) instanceof Value.Single single ? single.shown() : key;
  }

  Optional<String> text(String key) {
    return get(key, String.class);
  }

  Optional<Duration> duration(String key) {
    return get(key, Duration.class);
  }

  Duration duration(String key, Duration fallback) {
    return duration(key).orElse(fallback);
  }

  int whole(String key, int fallback) {
    return get(key, Long.class).map(Math::toIntExact).orElse(fallback);
  }

  long size(String key, long fallback) {
    return get(key, Long.class).orElse(fallback);
  }

  double share(String key, double fallback) {
    return get(key, Double.class).orElse(fallback);
  }

  boolean flag(String key, boolean fallback) {
    return get(key, Boolean.class).orElse(fallback);
  }

  /** The mapping under the key; an empty one when it is missing, wrong or off. */
  Fields section(String key) {
    return values.get(key) instanceof Fields fields ? fields : none(placeOf(key));
  }

  /** The list under the key; empty when it is missing, wrong or off. */
  List<Value> items(String key) {
    return values.get(key) instanceof Value.Items items ? items.values() : List.of();
  }

  /** The list's values of one type; wrong ones are left out. */
  <T> List<T> items(String key, Class<T> type) {
    return items(key).stream()
        .filter(Value.Single.class::isInstance)
        .map(item -> type.cast(((Value.Single) item).content()))
        .toList();
  }

  /** The mapping as text to text, in the order of the file. */
  Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    Fields section = section(key);
    section.values().keySet().forEach(k -> section.text(k).ifPresent(v -> texts.put(k, v)));
    return texts;
  }

  /**
   * This mapping laid over {@code base}: mappings are joined key by key, anything else replaces.
   * What is wrong in the base is left out, since it was reported where it stands.
   */
  Fields over(Fields base) {
    Map<String, Value> joined = new LinkedHashMap<>(values);
    base.values.forEach(
        (key, below) -> {
          Value above = values.get(key);
          if (above == null && !(below instanceof Value.Broken)) {
            joined.put(key, below);
          } else if (above instanceof Fields top && below instanceof Fields bottom) {
            joined.put(key, top.over(bottom));
          }
        });
    return new Fields(place, joined);
  }

  /** Whether nothing in here is wrong. */
  boolean isIntact() {
    return values.values().stream().allMatch(Fields::isIntact);
  }

  private static boolean isIntact(Value value) {
    if (value instanceof Fields fields) {
      return fields.isIntact();
    }
    if (value instanceof Value.Items items) {
      return items.values().stream().allMatch(Fields::isIntact);
    }
    return !(value instanceof Value.Broken);
  }
}
