package io.tidegate.cache.freshness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One form for field values that mean the same (RFC 9111 §4.1): several lines are one list, space
 * around commas says nothing. Of Accept-Encoding only the set of codings that are accepted counts,
 * of Accept-Language the order of preference.
 */
final class SelectingValue {
  private static final double NONE = 0;

  /** Read on every hit of a response that varies on them. */
  private static final RecentForms CODINGS = new RecentForms(SelectingValue::codings);

  private static final RecentForms LANGUAGES = new RecentForms(SelectingValue::languages);

  private SelectingValue() {}

  static String normalised(String name, List<String> lines) {
    String joined = lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    return switch (name) {
      case "accept-encoding" -> CODINGS.of(joined);
      case "accept-language" -> LANGUAGES.of(joined);
      default -> tight(joined);
    };
  }

  /** Without space at the ends and around commas that are not in quotes. */
  private static String tight(String value) {
    var out = new StringBuilder(value.length());
    boolean quoted = false;
    int pending = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!quoted && (c == ' ' || c == '\t')) {
        pending++;
        continue;
      }
      boolean atComma = c == ',' || out.isEmpty() || out.charAt(out.length() - 1) == ',';
      if (pending > 0 && (quoted || !atComma)) {
        out.append(value, i - pending, i);
      }
      pending = 0;
      if (c == '\\' && quoted && i + 1 < value.length()) {
        out.append(c);
        c = value.charAt(++i);
      } else if (c == '"') {
        quoted = !quoted;
      }
      out.append(c);
    }
    return out.toString();
  }

  private static String codings(String value) {
    List<Weighted> named = weighted(value);
    var accepted = new TreeSet<String>();
    var refused = new TreeSet<String>();
    for (Weighted each : named) {
      String coding =
          each.name.equals("x-gzip") || each.name.equals("x-compress")
              ? each.name.substring(2)
              : each.name;
      (each.weight > NONE ? accepted : refused).add(coding);
    }
    // Refusals count where silence would accept (RFC 9110 §12.5.3): of identity, and beside a star.
    for (String coding : refused) {
      if (coding.equals("*") || coding.equals("identity") || accepted.contains("*")) {
        accepted.add("!" + coding);
      }
    }
    if (accepted.size() > 1 && !refused.contains("*")) {
      accepted.remove("identity");
    }
    return String.join(",", accepted);
  }

  private static String languages(String value) {
    var ranks = new TreeMap<Double, TreeSet<String>>(Comparator.reverseOrder());
    for (Weighted each : weighted(value)) {
      ranks.computeIfAbsent(each.weight, weight -> new TreeSet<>()).add(each.name);
    }
    var out = new StringBuilder();
    ranks.forEach(
        (weight, names) -> {
          out.append(out.isEmpty() ? "" : ">").append(weight > NONE ? "" : "!");
          out.append(String.join(",", names));
        });
    return out.toString();
  }

  private record Weighted(String name, double weight) {}

  private static List<Weighted> weighted(String value) {
    List<Weighted> found = new ArrayList<>();
    int start = 0;
    String lower = value.toLowerCase(Locale.ROOT);
    while (start <= lower.length()) {
      int comma = lower.indexOf(',', start);
      int end = comma < 0 ? lower.length() : comma;
      String member = lower.substring(start, end);
      int semicolon = member.indexOf(';');
      String name = (semicolon < 0 ? member : member.substring(0, semicolon)).trim();
      if (!name.isEmpty()) {
        found.add(new Weighted(name, semicolon < 0 ? 1 : weight(member.substring(semicolon + 1))));
      }
      start = end + 1;
    }
    return found;
  }

  /** A weight that cannot be read is the highest, as if it were not there. */
  private static double weight(String parameter) {
    String text = parameter.trim();
    if (!text.startsWith("q=") || text.length() > 7) {
      return 1;
    }
    double weight = 0;
    double unit = 1;
    for (int i = 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i == 3 && c == '.') {
        continue;
      }
      if (c < '0' || c > '9' || i == 2 && c > '1') {
        return 1;
      }
      weight += (c - '0') * unit;
      unit /= 10;
    }
    return weight;
  }
}
