package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.security.Cidr;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The words of HTTP that stand in the file. */
final class HttpShapes {
  /** RFC 9110 §5.6.2. */
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** RFC 9110 §5.5, new fields: visible ASCII, spaces and tabs inside. */
  private static final String FIELD_VALUE = "([!-~]([ \\t!-~]*[!-~])?)?";

  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
  private static final String NAME = LABEL + "(\\." + LABEL + ")*";
  private static final String STATUSES = "[1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?";

  private static final int LONGEST_HOST = 253;

  /** Fields about one connection or its framing, which the gateway makes itself (RFC 9110 §7.6). */
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  static final ScalarShape TOKEN_NAME = Shapes.text("a field name", TOKEN);

  /** A header that an edit may touch. */
  static final ScalarShape EDITABLE_HEADER =
      new ScalarShape(
          "a header name",
          Shapes.type("string").put("pattern", "^" + TOKEN + "$").put("not", ownFields()),
          (scalar, in) -> editable(scalar.text()));

  static final ScalarShape HEADER_VALUE =
      Shapes.text("visible ASCII text without line breaks", FIELD_VALUE).secret();

  static final ScalarShape METHOD =
      new ScalarShape(
          "a method such as GET",
          Shapes.type("string").put("pattern", "^" + TOKEN + "$"),
          (scalar, in) -> method(scalar.text()));

  static final ScalarShape HOST_PATTERN =
      new ScalarShape(
          "a host name such as api.example.com or *.example.org, without port",
          Shapes.type("string").put("pattern", "^((\\*\\.)?" + NAME + "|\\[[0-9a-fA-F:.]+\\])$"),
          (scalar, in) -> hostPattern(scalar.text()));

  static final ScalarShape HOST_NAME =
      Shapes.text("a host name", NAME, text -> text.length() <= LONGEST_HOST);

  static final ScalarShape BIND_HOST =
      Shapes.text("a host name or an IP address", NAME + "|[0-9a-fA-F:.]+(%[0-9A-Za-z]+)?");

  static final ScalarShape CIDR =
      new ScalarShape(
          "an IP address or block such as 10.0.0.0/8",
          Shapes.type("string"),
          (scalar, in) -> cidr(scalar.text()));

  /** Content: URI of scheme and authority only. */
  static final ScalarShape ENDPOINT =
      new ScalarShape(
          "a URL such as http://127.0.0.1:9001, without path",
          Shapes.type("string").put("pattern", "^https?://[^/?#@]+/?$"),
          (scalar, in) -> endpoint(scalar.text()));

  private HttpShapes() {}

  private static JsonObject ownFields() {
    // JSON Schema has no flag for upper and lower case.
    String any =
        new java.util.TreeSet<>(OWN)
            .stream().map(HttpShapes::anyCase).collect(Collectors.joining("|"));
    return new JsonObject().put("pattern", "^(" + any + ")$");
  }

  private static String anyCase(String word) {
    return word.chars()
        .mapToObj(c -> c == '-' ? "-" : "[" + (char) c + Character.toUpperCase((char) c) + "]")
        .collect(Collectors.joining());
  }

  private static Object editable(String name) {
    if (!name.matches(TOKEN)) {
      throw new Unfit("a header name");
    }
    if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
      throw new Unfit(
          name.equalsIgnoreCase("host")
              ? "another header (what the upstream sees as Host is set by rewrite.host)"
              : "another header (the gateway makes this one itself for each connection)");
    }
    return name;
  }

  private static Object method(String text) {
    if (!text.matches(TOKEN)) {
      throw new Unfit("a method such as GET");
    }
    if (!text.equals(text.toUpperCase(Locale.ROOT))) {
      throw new Unfit("a method in upper case (methods are case-sensitive)");
    }
    if (text.equals("CONNECT") || text.equals("TRACE")) {
      throw new Unfit("another method (the gateway never forwards this one)");
    }
    return text;
  }

  private static Object hostPattern(String text) {
    if (text.length() > LONGEST_HOST
        || !text.matches("(\\*\\.)?" + NAME + "|\\[[0-9a-fA-F:.]+\\]")) {
      throw new Unfit("a host name such as api.example.com or *.example.org, without port");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static Object cidr(String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Unfit("an IP address or block such as 10.0.0.0/8");
    }
  }

  private static Object endpoint(String text) {
    String expected = "a URL such as http://127.0.0.1:9001, without path";
    try {
      URI uri = new URI(text);
      if (uri.getUserInfo() != null) {
        throw new Unfit(expected + " and without user name");
      }
      boolean path = uri.getPath() != null && uri.getPath().length() > 1;
      boolean more = path || uri.getQuery() != null || uri.getFragment() != null;
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!web || more || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
        String underscore = text.contains("_") ? " (host names have no underscore)" : "";
        throw new Unfit(expected + underscore);
      }
      return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
    } catch (URISyntaxException e) {
      throw new Unfit(expected);
    }
  }

  /** Content: Set of Integer. */
  static ScalarShape statuses(int least, int most) {
    String expected = "a status such as 200, 200-299 or 2xx, from " + least + " to " + most;
    return new ScalarShape(
            expected,
            statusSchema(least, most),
            (scalar, in) ->
                statuses(scalar.text(), least, most).orElseThrow(() -> new Unfit(expected)))
        .writtenBy(HttpShapes::ranges);
  }

  private static JsonObject statusSchema(int least, int most) {
    JsonObject one = Shapes.type("integer").put("minimum", least).put("maximum", most);
    JsonObject range = Shapes.type("string").put("pattern", "^(" + STATUSES + ")$");
    return new JsonObject().put("anyOf", new JsonArray().add(one).add(range));
  }

  private static Optional<Object> statuses(String text, int least, int most) {
    if (!text.matches(STATUSES)) {
      return Optional.empty();
    }
    boolean all = text.endsWith("xx");
    int first = Integer.parseInt(all ? text.charAt(0) + "00" : text.substring(0, 3));
    int last = all ? first + 99 : text.length() > 3 ? Integer.parseInt(text.substring(4)) : first;
    if (first > last || first < least || last > most) {
      return Optional.empty();
    }
    return Optional.of(
        IntStream.rangeClosed(first, last).boxed().collect(Collectors.toUnmodifiableSet()));
  }

  /** Kinds of failure or statuses. Content: {@link Conditions}. */
  static ScalarShape conditions(Conditions.Kind... kinds) {
    Map<String, Conditions.Kind> words = new TreeMap<>();
    Arrays.stream(kinds).forEach(kind -> words.put(Shapes.word(kind), kind));
    String expected =
        "one of "
            + Arrays.stream(kinds).map(Shapes::word).collect(Collectors.joining(", "))
            + ", or a status such as 503, 500-599 or 5xx, from 400 to 599";
    JsonArray known = new JsonArray();
    Arrays.stream(kinds).map(Shapes::word).forEach(known::add);
    JsonArray forms = new JsonArray().add(new JsonObject().put("enum", known));
    statusSchema(400, 599).getJsonArray("anyOf").forEach(forms::add);
    return new ScalarShape(
            expected,
            new JsonObject().put("anyOf", forms),
            (scalar, in) ->
                condition(scalar.text(), words)
                    .orElseThrow(() -> new Unfit(hinted(expected, scalar, words))))
        .writtenBy(value -> write((Conditions) value));
  }

  private static String hinted(String expected, Scalar scalar, Map<String, ?> words) {
    return Nearest.to(scalar.text(), words.keySet())
        .map(near -> expected + " (did you mean " + near + "?)")
        .orElse(expected);
  }

  @SuppressWarnings("unchecked")
  private static Optional<Object> condition(String text, Map<String, Conditions.Kind> words) {
    Conditions.Kind kind = words.get(text);
    if (kind != null) {
      return Optional.of(new Conditions(Set.of(kind), Set.of()));
    }
    Function<Object, Object> wrap = set -> new Conditions(Set.of(), (Set<Integer>) set);
    return statuses(text, 400, 599).map(wrap);
  }

  /** Conditions as the list that is written in the file. */
  static JsonArray write(Conditions conditions) {
    JsonArray words = new JsonArray();
    new TreeSet<>(conditions.kinds()).forEach(kind -> words.add(Shapes.word(kind)));
    return words.addAll(ranges(conditions.statuses()));
  }

  /** Statuses as numbers, and ranges where three or more follow one another. */
  static JsonArray ranges(Object statuses) {
    JsonArray written = new JsonArray();
    TreeSet<Integer> rest = new TreeSet<>();
    ((Set<?>) statuses).forEach(status -> rest.add((Integer) status));
    while (!rest.isEmpty()) {
      int first = rest.first();
      int last = first;
      while (rest.remove(last)) {
        last++;
      }
      last--;
      if (last - first >= 2) {
        written.add(first + "-" + last);
      } else {
        written.add(first);
        if (last > first) {
          written.add(last);
        }
      }
    }
    return written;
  }
}
