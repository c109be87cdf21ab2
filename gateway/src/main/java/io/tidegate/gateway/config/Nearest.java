package io.tidegate.gateway.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known word that was probably meant. */
public final class Nearest {
  private static final int LONGEST = 64;

  /** Letters that two words must begin with to be taken for forms of one. */
  private static final int STEM = 4;

  private Nearest() {}

  /** The one of {@code known} that is like {@code word}; empty: none is. */
  public static Optional<String> to(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String plain = plain(word);
    return known.stream()
        .filter(each -> each.length() <= LONGEST)
        .filter(each -> isNear(plain, plain(each)))
        .min(Comparator.comparingInt(each -> distance(plain, plain(each))));
  }

  private static boolean isNear(String word, String known) {
    boolean longer = known.length() >= STEM && word.startsWith(known);
    boolean shorter = word.length() >= STEM && known.startsWith(word);
    return longer || shorter || distance(word, known) <= Math.max(1, word.length() / 3);
  }

  /** camelCase, snake_case and kebab-case are the same word. */
  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[-_ .]", "");
  }

  /** Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
