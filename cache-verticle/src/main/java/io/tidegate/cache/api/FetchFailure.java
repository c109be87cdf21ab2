package io.tidegate.cache.api;

/**
 * Why a call to the origin brought no answer that others could be given.
 *
 * @param name of the failure, in the words of whoever made the call; the cache only hands it on, or
 *     says {@link #ORIGIN_ERROR}
 * @param status that a client would see, 500 to 599
 * @param retryAfterMillis when to try again; 0: not known
 */
public record FetchFailure(String name, int status, String detail, long retryAfterMillis) {
  /** There was an answer, an error, which is for the one who called and nobody else. */
  public static final String ORIGIN_ERROR = "origin-error";

  public FetchFailure {
    if (status < 500 || status > 599) {
      throw new IllegalArgumentException("failure: " + status + " (expected: 500 to 599)");
    }
  }
}
