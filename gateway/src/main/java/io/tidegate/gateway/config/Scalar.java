package io.tidegate.gateway.config;

import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A scalar after interpolation.
 *
 * @param sources variables and files the text came from; empty: it was written as it is
 */
record Scalar(Place place, String text, Kind kind, String sources) {
  /** What YAML's core schema takes it for. */
  enum Kind {
    TEXT,
    NUMBER,
    FLAG,
    NOTHING,
    /** Interpolated: the environment knows only text, so whatever it reads as is meant. */
    ANY
  }

  static Scalar of(Place place, ScalarNode node, Interpolation.Text text) {
    Kind kind = text.sources().isEmpty() ? kind(node.getTag()) : Kind.ANY;
    return new Scalar(place, text.value(), kind, text.sources());
  }

  private static Kind kind(Tag tag) {
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return Kind.NUMBER;
    }
    return tag.equals(Tag.BOOL) ? Kind.FLAG : tag.equals(Tag.NULL) ? Kind.NOTHING : Kind.TEXT;
  }

  boolean is(Kind wanted) {
    return kind == wanted || kind == Kind.ANY;
  }

  /** How a message names it. */
  String shown() {
    if (!sources.isEmpty()) {
      return "the value of " + sources;
    }
    if (kind == Kind.NOTHING) {
      return "nothing";
    }
    String plain = text.replaceAll("\\p{Cntrl}", "?").replaceAll("//[^/@]*@", "//***@");
    String cut = plain.length() > 60 ? plain.substring(0, 60) + "…" : plain;
    return kind == Kind.TEXT ? '"' + cut + '"' : cut;
  }
}
