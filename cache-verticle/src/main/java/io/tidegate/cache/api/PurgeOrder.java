package io.tidegate.cache.api;

/**
 * What is to be forgotten.
 *
 * @param text a whole URL, the beginning of URLs, or a tag; empty for all
 * @param soft only marked stale: it may still serve while it is refreshed, or when the origin fails
 */
public record PurgeOrder(Kind kind, String text, boolean soft) {
  /** What {@link #text} is. */
  public enum Kind {
    /** {@code https://host/path?query} as it is keyed, all variants. */
    URL,
    /** All keys that begin so, as {@code https://host/path/}. */
    PREFIX,
    /** A surrogate tag, as it is spelled in the response. */
    TAG,
    ALL
  }

  /** Bytes of text that are taken; URLs that are longer are not stored. */
  public static final int MAX_TEXT = 8192;

  public PurgeOrder {
    if (kind == Kind.ALL ? !text.isEmpty() : text.isEmpty() || text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "purge " + kind + ": " + text.length() + " characters (expected: 1 to " + MAX_TEXT + ")");
    }
  }
}
