package io.tidegate.cache.freshness;

import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A response that may be stored once all of its body has come.
 *
 * @param contentLength bytes of body that were announced; -1: none were
 */
public record Storable(
    int status,
    Fields headers,
    long contentLength,
    long requestMillis,
    long responseMillis,
    long initialAgeSeconds,
    long lifetimeSeconds,
    List<String> vary,
    String variant,
    List<String> tags)
    implements Storability {
  /** Whether so many bytes of body are all of it: what was cut off is never stored (§3.3). */
  public boolean isWhole(long bytes) {
    return contentLength < 0 || contentLength == bytes;
  }

  /** This, with more tags. */
  Storable tagged(List<String> more) {
    Set<String> all = new LinkedHashSet<>(tags);
    all.addAll(more);
    return new Storable(
        status,
        headers,
        contentLength,
        requestMillis,
        responseMillis,
        initialAgeSeconds,
        lifetimeSeconds,
        vary,
        variant,
        List.copyOf(all));
  }

  /**
   * What is to be stored.
   *
   * @param key as of {@link RequestKey}
   * @param generation of the purges that the cache had seen when the response was asked for
   * @throws IllegalArgumentException when the body is not whole
   */
  public StoredResponse with(String key, Buffer body, long generation) {
    if (!isWhole(body.length())) {
      throw new IllegalArgumentException(
          "body: " + body.length() + " bytes (expected: " + contentLength + ")");
    }
    return new StoredResponse(
        key,
        status,
        headers,
        body,
        requestMillis,
        responseMillis,
        initialAgeSeconds,
        lifetimeSeconds,
        vary,
        variant,
        tags,
        generation,
        false);
  }
}
