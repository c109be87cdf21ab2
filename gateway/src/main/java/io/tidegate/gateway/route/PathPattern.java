package io.tidegate.gateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a route says of the path: {@code /a/b} takes exactly that, {@code /a/{id}} any non-empty
 * segment in the place of {@code {id}}, {@code /a/**} the path {@code /a} and all below it.
 *
 * <p>Literal segments are held in the normal form of {@link RequestTarget}, so a pattern and a
 * request that mean the same are written the same. A trailing slash counts: {@code /a} does not
 * take {@code /a/}. Immutable.
 */
public final class PathPattern {
  /** Kinds of pattern, the more specific first. */
  public enum Kind {
    EXACT,
    TEMPLATE,
    PREFIX
  }

  /** One segment; {@code text} is the parameter's name where {@code parameter}. */
  record Segment(String text, boolean parameter) {}

  /** {@code {path}} stands for what {@code **} took, so no parameter may be called that. */
  static final String REST = "path";

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private final Kind kind;
  private final List<Segment> segments;

  private PathPattern(Kind kind, List<Segment> segments) {
    this.kind = kind;
    this.segments = List.copyOf(segments);
  }

  /**
   * Reads a pattern as written in the configuration.
   *
   * @throws IllegalArgumentException when it is none; the message says what was expected
   */
  public static PathPattern parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + text);
    }
    String[] parts = text.substring(1).split("/", -1);
    boolean prefix = parts[parts.length - 1].equals("**");
    int length = prefix ? parts.length - 1 : parts.length;
    List<Segment> segments = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      boolean doubledSlash = parts[i].isEmpty() && (prefix || i < length - 1);
      if (!doubledSlash) {
        segments.add(segment(parts[i], text, segments));
      }
    }
    boolean template = segments.stream().anyMatch(Segment::parameter);
    return new PathPattern(prefix ? Kind.PREFIX : template ? Kind.TEMPLATE : Kind.EXACT, segments);
  }

  private static Segment segment(String part, String text, List<Segment> before) {
    if (part.startsWith("{") && part.endsWith("}")) {
      return parameter(part.substring(1, part.length() - 1), text, before);
    }
    if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "{name} takes a whole segment, not a part of one: " + text);
    }
    if (part.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "a * stands only as ** at the end, {name} takes one segment: " + text);
    }
    if (part.indexOf('?') >= 0) {
      throw new IllegalArgumentException("a path has no query, match on 'query' instead: " + text);
    }
    // interned: a segment that many routes share stays in the CPU's cache
    return new Segment(literal(part, text).intern(), false);
  }

  private static Segment parameter(String name, String text, List<Segment> before) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a parameter's name is letters, digits, _ and -, starting with a letter: " + text);
    }
    if (name.equals(REST)) {
      throw new IllegalArgumentException("{path} is what ** takes, choose another name: " + text);
    }
    if (before.contains(new Segment(name, true))) {
      throw new IllegalArgumentException("{" + name + "} stands twice in " + text);
    }
    return new Segment(name, true);
  }

  private static String literal(String part, String text) {
    RequestTarget target = RequestTarget.read("/" + part, null);
    if (target instanceof RequestTarget.Invalid invalid) {
      throw new IllegalArgumentException(invalid.reason() + ": " + text);
    }
    String normal = ((RequestTarget.Valid) target).path().substring(1);
    if (normal.isEmpty() && !part.isEmpty()) {
      throw new IllegalArgumentException("a pattern has no dot segments: " + text);
    }
    return normal;
  }

  public Kind kind() {
    return kind;
  }

  /** Names of the path parameters from left to right. */
  public List<String> parameters() {
    return segments.stream().filter(Segment::parameter).map(Segment::text).toList();
  }

  /** Whether {@code path}, in normal form, is one that this pattern takes. */
  public boolean matches(String path) {
    int from = 1;
    for (Segment segment : segments) {
      if (from > path.length()) {
        return false;
      }
      int to = segmentEnd(path, from);
      boolean fits =
          segment.parameter()
              ? to > from
              : segment.text().length() == to - from && path.startsWith(segment.text(), from);
      if (!fits) {
        return false;
      }
      from = to + 1;
    }
    return kind == Kind.PREFIX || from > path.length();
  }

  /**
   * The value of parameter {@code name} in a path that this pattern matches, as it stands there
   * (not decoded).
   */
  public Optional<String> parameter(String name, String path) {
    int index = segments.indexOf(new Segment(name, true));
    return index < 0 ? Optional.empty() : Optional.of(segmentAt(index, path));
  }

  String segmentAt(int index, String path) {
    int from = start(index, path);
    return path.substring(from, segmentEnd(path, from));
  }

  /**
   * What {@code **} takes of a path that this pattern matches, without a leading slash; empty for
   * the bare prefix and for patterns without {@code **}.
   */
  public String rest(String path) {
    int from = start(segments.size(), path);
    return kind == Kind.PREFIX && from < path.length() ? path.substring(from) : "";
  }

  /** The pattern without the names: two of the same shape take the same paths. */
  public String shape() {
    return text(false);
  }

  /** As it would be written in the configuration. */
  @Override
  public String toString() {
    return text(true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathPattern that && kind == that.kind && segments.equals(that.segments);
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + segments.hashCode();
  }

  List<Segment> segments() {
    return segments;
  }

  int segmentOf(String name) {
    return segments.indexOf(new Segment(name, true));
  }

  /** Where the segment that starts at {@code from} ends. */
  static int segmentEnd(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  /** Where segment {@code index} starts; past the end when the path has just that many. */
  private static int start(int index, String path) {
    int from = 1;
    for (int i = 0; i < index; i++) {
      from = segmentEnd(path, from) + 1;
    }
    return from;
  }

  private String text(boolean names) {
    StringBuilder text = new StringBuilder();
    for (Segment segment : segments) {
      text.append('/');
      if (segment.parameter()) {
        text.append('{').append(names ? segment.text() : "").append('}');
      } else {
        text.append(segment.text());
      }
    }
    return kind == Kind.PREFIX ? text.append("/**").toString() : text.toString();
  }
}
