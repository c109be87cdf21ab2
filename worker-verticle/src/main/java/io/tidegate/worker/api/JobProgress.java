package io.tidegate.worker.api;

/**
 * How far a run has come, by its handler's own word. Told while it runs, and never stored.
 *
 * @param percent 0 to 100
 * @param text for people, at most {@value #LONGEST} characters; empty: none
 * @param number grows with each change within a run, from 1
 */
public record JobProgress(int percent, String text, int number) {
  public static final int LONGEST = 200;

  public JobProgress {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent: " + percent + " (expected: 0 to 100)");
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "text: " + text.length() + " characters (expected: at most " + LONGEST + ")");
    }
  }
}
