package io.tidegate.cache.api;

/** What becomes of an answer that was fetched under a {@link Lease}. */
public sealed interface Fetched {
  /**
   * It will be stored once it is whole: pour its body into {@code fill}, and answer from {@code
   * flight}. To do both keeps a slow client from slowing those who wait.
   */
  record Storing(Fill fill, Flight flight, Rendition rendition) implements Fetched {}

  /** It said 304 to the cache's own question: drop its body, answer with this. */
  record Revalidated(Verdict.Serve serve) implements Fetched {}

  /** It is an error, and something stale is better: drop it, answer with this. */
  record Stale(Verdict.Serve serve) implements Fetched {}

  /**
   * It is for this request only: hand it on as it came.
   *
   * @param reason why it is not stored, in the words of Cache-Status's detail
   */
  record NotStored(String reason) implements Fetched {}

  /**
   * It said 304, but to nothing that is stored: drop it and call again, with this. A second time
   * gives {@link NotStored}.
   */
  record Again(Lease lease) implements Fetched {}
}
