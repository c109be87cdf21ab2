package io.tidegate.cache.api;

/**
 * How a response answers one request: whole, in part (206), not modified (304), or with a refusal
 * of its conditions (412) or range (416).
 *
 * @param status to answer with
 * @param headers to answer with, but for Age, Cache-Status and framing; those of a 206 have their
 *     Content-Range
 * @param offset of the first byte of the body to be sent
 * @param length bytes of body that a GET gets; a HEAD gets none, but Content-Length says it. -1
 *     when not known yet: everything that comes
 */
public record Rendition(int status, Fields headers, long offset, long length) {
  /** The whole of a stored response. */
  public static Rendition whole(StoredResponse stored) {
    return new Rendition(stored.status(), stored.headers(), 0, stored.body().length());
  }
}
