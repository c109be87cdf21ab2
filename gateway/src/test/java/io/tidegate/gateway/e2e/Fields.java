package io.tidegate.gateway.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Header or trailer lines as they came: order, case and duplicates kept. */
record Fields(List<Fields.Line> lines) {
  /** One field line, its value trimmed. */
  record Line(String name, String value) {}

  static final Fields NONE = new Fields(List.of());

  Fields {
    lines = List.copyOf(lines);
  }

  static Fields parse(List<String> raw) {
    var lines = new ArrayList<Line>();
    for (String line : raw) {
      int colon = line.indexOf(':');
      lines.add(
          colon < 0
              ? new Line(line, "")
              : new Line(line.substring(0, colon), line.substring(colon + 1).trim()));
    }
    return new Fields(lines);
  }

  List<String> all(String name) {
    return lines.stream().filter(l -> l.name.equalsIgnoreCase(name)).map(Line::value).toList();
  }

  Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  boolean has(String name) {
    return first(name).isPresent();
  }
}
