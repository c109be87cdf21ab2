package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which of the responses stored for a target was chosen by the same request fields (RFC 9111 §4.1).
 * The values of these fields are brought to one form first, so that what means the same is the
 * same.
 */
public final class Variants {
  /** A response that varies on more is not worth remembering. */
  private static final int MOST_NAMES = 32;

  private Variants() {}

  /**
   * The names of the request fields that tell this response from others of its target, in small
   * letters and sorted; empty when no request can be told to match ({@code Vary: *}, or nonsense).
   */
  public static Optional<List<String>> names(MultiMap response, CachePolicy policy) {
    List<String> lines = response.getAll("vary");
    if (lines.isEmpty() && policy.vary().isEmpty()) {
      return Optional.of(List.of());
    }
    List<String> found = new ArrayList<>(policy.vary());
    for (String line : lines) {
      if (!FieldNames.split(line, found, MOST_NAMES)) {
        return Optional.empty();
      }
    }
    return found.contains("*") ? Optional.empty() : Optional.of(List.copyOf(new TreeSet<>(found)));
  }

  /**
   * What these fields say in a request, as one text: equal texts match. A field that is absent is
   * not one that is empty.
   */
  public static String text(List<String> names, MultiMap request) {
    if (names.isEmpty()) {
      return "";
    }
    var text = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      List<String> lines = request.getAll(name);
      if (!lines.isEmpty()) {
        text.append('=').append(SelectingValue.normalised(name, lines));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * The stored response that this request selects, the youngest if there are several. Takes time in
   * proportion to the number of variants; the request's values are read once for each set of names.
   */
  public static Optional<StoredResponse> select(List<StoredResponse> variants, MultiMap request) {
    StoredResponse found = null;
    List<String> names = null;
    String text = null;
    for (int i = 0; i < variants.size(); i++) {
      StoredResponse each = variants.get(i);
      if (!each.vary().equals(names)) {
        names = each.vary();
        text = text(names, request);
      }
      boolean younger = found == null || each.responseMillis() >= found.responseMillis();
      if (younger && each.variant().equals(text)) {
        found = each;
      }
    }
    return Optional.ofNullable(found);
  }
}
