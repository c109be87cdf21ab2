package io.tidegate.cache.api;

/** Why a request goes to the origin although there is a cache (RFC 9211 §2.2). */
public enum Forward {
  /** The cache was told to keep out of it. */
  BYPASS("bypass"),
  /** The method is not one that the store answers. */
  METHOD("method"),
  /** Nothing is stored for the target. */
  URI_MISS("uri-miss"),
  /** What is stored for the target was chosen by other request fields. */
  VARY_MISS("vary-miss"),
  /** Nothing usable is stored, for more than one reason or an unknown one. */
  MISS("miss"),
  /** The request insists, as with {@code no-cache}. */
  REQUEST("request"),
  /** What is stored is too old. */
  STALE("stale"),
  /** What is stored does not have the bytes asked for. */
  PARTIAL("partial");

  private final String token;

  Forward(String token) {
    this.token = token;
  }

  /** The value of {@code fwd} in Cache-Status, and the label of a miss. */
  public String token() {
    return token;
  }
}
