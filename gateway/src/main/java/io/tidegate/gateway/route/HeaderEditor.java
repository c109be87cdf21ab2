package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Edits a header block as a route asks: removes, then sets, then adds; names in any case.
 *
 * <p>Fields that frame the message or belong to one connection are the gateway's own (RFC 9110
 * §7.6.1, RFC 9112 §6) and cannot be edited; neither can Host, which {@code rewrite.host} decides.
 * Immutable, safe on any thread as far as the edited headers are.
 */
public final class HeaderEditor {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final String VISIBLE = "[!-~\\x80-\\xFF]";
  private static final Pattern VALUE =
      Pattern.compile("(" + VISIBLE + "([\\t -~\\x80-\\xFF]*" + VISIBLE + ")?)?");
  private static final Set<String> OWN =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "upgrade");

  private final String[] remove;
  private final List<Map.Entry<String, String>> set;
  private final List<Map.Entry<String, String>> add;

  private HeaderEditor(HeaderEdits edits) {
    remove = edits.remove().toArray(String[]::new);
    set = List.copyOf(edits.set().entrySet());
    add = List.copyOf(edits.add().entrySet());
  }

  /**
   * @throws IllegalArgumentException when a name is no token, a value would not survive on a header
   *     line, or a field is not for editing
   */
  public static HeaderEditor compile(HeaderEdits edits) {
    edits.remove().forEach(HeaderEditor::checkName);
    edits.set().forEach(HeaderEditor::check);
    edits.add().forEach(HeaderEditor::check);
    return new HeaderEditor(edits);
  }

  /** Edits {@code headers} in place. */
  public void apply(MultiMap headers) {
    for (String name : remove) {
      headers.remove(name);
    }
    for (int i = 0; i < set.size(); i++) {
      headers.set(set.get(i).getKey(), set.get(i).getValue());
    }
    for (int i = 0; i < add.size(); i++) {
      headers.add(add.get(i).getKey(), add.get(i).getValue());
    }
  }

  private static void check(String name, String value) {
    checkName(name);
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a header value: " + name + ": " + value);
    }
  }

  private static void checkName(String name) {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("not a header name: " + name);
    }
    if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("the gateway decides on this header itself: " + name);
    }
  }
}
