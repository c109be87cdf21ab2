package io.tidegate.cache.api;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A response as it is remembered. Immutable and shared by all event loops; its body must never be
 * written to.
 *
 * @param key what it was asked by, as {@code GET https://host/path?query}
 * @param headers as stored: without fields of the connection, without those that {@code no-cache}
 *     or {@code private} name; end-to-end Age excluded
 * @param body the whole content; empty for answers without
 * @param requestMillis when the request for it was made, since the epoch (RFC 9111 §4.2.3)
 * @param responseMillis when its head came in, since the epoch
 * @param initialAgeSeconds the corrected initial age of RFC 9111 §4.2.3
 * @param lifetimeSeconds how long it is fresh, counted as age
 * @param vary names of the request fields that tell it from other variants, small letters, sorted
 * @param variant normalised values of these fields in the request that fetched it, as one text
 * @param tags surrogate tags by which it can be purged
 * @param generation of the purges that it has seen; what is older than a purge must not be used
 * @param softPurged whether it was marked stale by an operator
 */
public record StoredResponse(
    String key,
    int status,
    Fields headers,
    Buffer body,
    long requestMillis,
    long responseMillis,
    long initialAgeSeconds,
    long lifetimeSeconds,
    List<String> vary,
    String variant,
    List<String> tags,
    long generation,
    boolean softPurged) {
  public StoredResponse {
    vary = List.copyOf(vary);
    tags = List.copyOf(tags);
  }

  /** Seconds since the origin made or validated it, as of {@code nowMillis}; at least 0. */
  public long ageSeconds(long nowMillis) {
    return Math.max(0, initialAgeSeconds + Math.max(0, nowMillis - responseMillis) / 1000);
  }
}
