package io.tidegate.gateway.rehearsal;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The query parameters of one request, read within bounds.
 *
 * <p>Every reader throws IllegalArgumentException with the name, the value and what was expected;
 * parameters that nobody asks for are ignored.
 */
record Query(MultiMap values) {
  long number(String name, long fallback, long least, long most) {
    String text = values.get(name);
    if (text == null) {
      return fallback;
    }
    String expected = "a whole number from " + least + " to " + most;
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(name, text, expected);
    }
    if (number < least || number > most) {
      throw wrong(name, text, expected);
    }
    return number;
  }

  String choice(String name, List<String> choices) {
    String text = text(name, choices.get(0), Pattern.compile(".*"), "");
    if (!choices.contains(text)) {
      throw wrong(name, text, "one of " + String.join(", ", choices));
    }
    return text;
  }

  boolean flag(String name, boolean fallback) {
    String text = text(name, Boolean.toString(fallback), Pattern.compile(".*"), "");
    if (text.equals("1") || text.equals("true")) {
      return true;
    }
    if (text.equals("0") || text.equals("false")) {
      return false;
    }
    throw wrong(name, text, "true or false");
  }

  String text(String name, String fallback, Pattern allowed, String expected) {
    String text = values.get(name);
    if (text == null) {
      return fallback;
    }
    if (!allowed.matcher(text).matches()) {
      throw wrong(name, text, expected);
    }
    return text;
  }

  boolean has(String name) {
    return values.contains(name);
  }

  private static IllegalArgumentException wrong(String name, String found, String expected) {
    String shown = found.length() > 40 ? found.substring(0, 40) + "…" : found;
    return new IllegalArgumentException(name + ": '" + shown + "' (expected: " + expected + ")");
  }
}
