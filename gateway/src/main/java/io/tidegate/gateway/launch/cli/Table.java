package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Names and values in two aligned columns. */
final class Table {
  private record Row(String name, String value) {}

  private final List<Row> rows = new ArrayList<>();

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void add(String name, String value) {
    rows.add(new Row(name, value));
  }

  /** One row for each value, named by the keys that lead to it. */
  void addAll(String path, JsonObject json) {
    for (Map.Entry<String, Object> entry : json) {
      String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      Object value = entry.getValue();
      if (value instanceof JsonObject object) {
        addAll(name, object);
      } else if (value instanceof JsonArray array) {
        addAll(name, array);
      } else {
        add(name, Boolean.FALSE.equals(value) && isPolicy(name) ? "off" : String.valueOf(value));
      }
    }
  }

  private void addAll(String name, JsonArray array) {
    if (array.stream().noneMatch(JsonObject.class::isInstance)) {
      add(name, array.stream().map(String::valueOf).collect(Collectors.joining(", ")));
      return;
    }
    for (int i = 0; i < array.size(); i++) {
      addAll(name + "[" + i + "]", array.getJsonObject(i));
    }
  }

  private static boolean isPolicy(String name) {
    return !name.contains(".") && !name.equals("http2");
  }

  void print(PrintStream out) {
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    for (Row row : rows) {
      out.println("  " + row.name() + " ".repeat(width - row.name().length() + 2) + row.value());
    }
  }
}
