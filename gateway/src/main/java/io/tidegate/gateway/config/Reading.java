package io.tidegate.gateway.config;

import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** What the shapes share while one file is read. */
final class Reading {
  /** Aliases make a small file large; past this the file is an attack or a mistake. */
  private static final int MOST_VALUES = 300_000;

  private final Problems problems;
  private final Interpolation interpolation;
  private final Path folder;
  private int values;

  Reading(Problems problems, Interpolation interpolation, Path folder) {
    this.problems = problems;
    this.interpolation = interpolation;
    this.folder = folder;
  }

  Problems problems() {
    return problems;
  }

  /** Relative paths in the file start here. */
  Path folder() {
    return folder;
  }

  /** Whether there is room for one more value; when not, that is an error already. */
  boolean room(Node node) {
    if (++values == MOST_VALUES) {
      problems.error(Place.of("", node), "aliases make this file more than 300000 values large");
    }
    return values < MOST_VALUES;
  }

  /** The scalar's text, or nothing and an error when it cannot be interpolated. */
  Optional<Scalar> scalar(ScalarNode node, String path) {
    Place place = Place.of(path, node);
    try {
      return Optional.of(Scalar.of(place, node, interpolation.of(node.getValue())));
    } catch (Unfit e) {
      problems.error(place, e.getMessage());
      return Optional.empty();
    }
  }

  /** Reports that the node is not what was expected. */
  Value unfit(Node node, String path, String expected) {
    if (node instanceof ScalarNode text) {
      return scalar(text, path)
          .map(scalar -> unfit(scalar, expected))
          .orElseGet(() -> new Value.Broken(Place.of(path, node)));
    }
    String found = node instanceof MappingNode ? "a mapping" : "a list";
    return broken(Place.of(path, node), "found " + found + ", expected " + expected);
  }

  Value unfit(Scalar scalar, String expected) {
    return broken(scalar.place(), "found " + scalar.shown() + ", expected " + expected);
  }

  Value broken(Place place, String message) {
    problems.error(place, message);
    return new Value.Broken(place);
  }

  /** Whether the node's tag is one of the core schema; others would be ignored silently. */
  boolean plainTag(Node node, String path) {
    String tag = node.getTag().getValue();
    boolean known = tag.startsWith(Tag.PREFIX) && !node.getTag().equals(Tag.BINARY);
    if (!known) {
      problems.error(Place.of(path, node), "found the tag " + tag + ", expected no tag");
    }
    return known;
  }
}
