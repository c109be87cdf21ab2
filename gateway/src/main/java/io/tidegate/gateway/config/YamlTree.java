package io.tidegate.gateway.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Text to YAML nodes with marks (YAML 1.2, core schema), within bounds. */
final class YamlTree {
  /** Deeper nesting would overflow the stack of whoever walks the tree. */
  static final int DEPTH = 64;

  private static final int EVENTS = 1_000_000;

  /** No bound of its own: reading bounds the values that aliases lead to. */
  private static final int ALIASES = EVENTS;

  private final String text;
  private final Problems problems;
  private final LoadSettings settings;

  private YamlTree(String name, String text, Problems problems) {
    this.text = text;
    this.problems = problems;
    this.settings =
        LoadSettings.builder()
            .setLabel(name)
            .setSchema(new CoreSchema())
            .setMaxAliasesForCollections(ALIASES)
            .setCodePointLimit(ConfigFile.MAX_BYTES)
            .build();
  }

  /** The root, or nothing and an error. */
  static Optional<Node> parse(String name, String text, Problems problems) {
    return new YamlTree(name, text, problems).parse();
  }

  private Optional<Node> parse() {
    try {
      if (!withinBounds()) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        problems.error(Place.START, "found nothing, expected a mapping with upstreams and routes");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      Place place = place(mark);
      problems.error(place, "not valid YAML: " + e.getProblem() + hint(place.line()));
    } catch (ReaderException e) {
      String character = String.format("U+%04X", e.getCodePoint());
      problems.error(placeAt(e.getPosition()), "the character " + character + " is not allowed");
    } catch (YamlEngineException e) {
      problems.error(Place.START, "not valid YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  /** A first pass over the events, which needs no stack, so that the second cannot go too deep. */
  private boolean withinBounds() {
    int depth = 0;
    int events = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      Event.ID id = event.getEventId();
      if (id == Event.ID.MappingStart || id == Event.ID.SequenceStart) {
        depth++;
      } else if (id == Event.ID.MappingEnd || id == Event.ID.SequenceEnd) {
        depth--;
      } else if (id == Event.ID.DocumentStart) {
        documents++;
      }
      String wrong =
          depth > DEPTH
              ? "nested more than " + DEPTH + " levels deep"
              : documents > 1
                  ? "found a second document, expected one"
                  : ++events > EVENTS ? "more than " + EVENTS + " values" : "";
      if (!wrong.isEmpty()) {
        problems.error(place(event.getStartMark()), wrong);
        return false;
      }
    }
    return true;
  }

  private static Place place(Optional<Mark> mark) {
    return mark.map(m -> new Place("", m.getLine() + 1, m.getColumn() + 1)).orElse(Place.START);
  }

  private Place placeAt(int position) {
    int end = Math.min(position, text.codePointCount(0, text.length()));
    String before = text.substring(0, text.offsetByCodePoints(0, end));
    int lineStart = before.lastIndexOf('\n') + 1;
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return new Place("", line, before.length() - lineStart + 1);
  }

  /** In a flow mapping the braces of an interpolation are YAML's, which nobody expects. */
  private String hint(int line) {
    String written = text.lines().skip(line - 1L).findFirst().orElse("");
    return written.contains("${")
        ? " (inside { } and [ ], put quotes around \"${...}\")"
        : written.contains("\t") ? " (indent with spaces, not tabs)" : "";
  }
}
