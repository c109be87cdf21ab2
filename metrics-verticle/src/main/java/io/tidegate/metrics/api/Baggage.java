package io.tidegate.metrics.api;

import java.util.List;

/** Limits of the {@code baggage} header (W3C Baggage §3.3.2). */
public final class Baggage {
  private static final int MEMBERS = 64;
  private static final int BYTES = 8192;

  private Baggage() {}

  /**
   * All header lines as one, cut to 64 members and 8192 bytes by dropping whole members from the
   * right.
   *
   * @return empty when nothing is left
   */
  public static String limited(List<String> lines) {
    String all = lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    int end = 0;
    int from = 0;
    for (int members = 0; members < MEMBERS && from <= all.length(); members++) {
      int comma = all.indexOf(',', from);
      int next = comma < 0 ? all.length() : comma;
      if (next > BYTES) {
        break;
      }
      end = next;
      from = next + 1;
    }
    return all.substring(0, end).strip();
  }
}
