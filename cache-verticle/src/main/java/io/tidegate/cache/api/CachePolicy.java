package io.tidegate.cache.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the answers of one route are remembered. What is empty leaves the decision to the origin's
 * own fields (RFC 9111, RFC 5861, RFC 9213).
 *
 * @param ttl forces this freshness lifetime on whatever may be stored, whatever the origin says of
 *     it; never makes {@code private} or an answer to {@code Authorization} storable
 * @param staleWhileRevalidate how long past its freshness an answer is given while a new one is
 *     fetched in the background (RFC 5861 §3)
 * @param staleIfError how long past its freshness an answer is given when the origin fails (RFC
 *     5861 §4)
 * @param maxObject bytes of body; what is larger streams through
 * @param vary request fields that tell variants apart even when the origin does not say so, in
 *     small letters
 * @param methods of GET and HEAD, those that may be answered from the store
 * @param statuses the only ones to be stored; empty: those that RFC 9110 §15.1 calls heuristically
 *     cacheable, and whatever the origin gives an explicit lifetime
 * @param tags surrogate tags that each stored answer gets beside those it came with
 * @param coalesce whether concurrent misses of one key wait for one call
 * @param authorized whether answers to requests with {@code Authorization} may be shared although
 *     the origin did not say so (RFC 9111 §3.5)
 */
public record CachePolicy(
    Optional<Duration> ttl,
    Optional<Duration> staleWhileRevalidate,
    Optional<Duration> staleIfError,
    long maxObject,
    List<String> vary,
    Key key,
    Set<String> methods,
    Set<Integer> statuses,
    List<String> tags,
    boolean coalesce,
    boolean authorized) {
  /** Follows the origin in everything; bodies of up to 1 MiB. */
  public static final CachePolicy DEFAULTS =
      new CachePolicy(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          1 << 20,
          List.of(),
          Key.WHOLE,
          Set.of("GET", "HEAD"),
          Set.of(),
          List.of(),
          true,
          false);

  /**
   * What of a request's query tells answers apart. At most one of the lists is given.
   *
   * @param query the only parameters that count; empty: all, unless {@code ignoreAll}
   * @param ignore parameters that do not count, such as {@code utm_source}; a final {@code *} takes
   *     all names that begin so
   * @param ignoreAll whether no parameter counts
   */
  public record Key(List<String> query, List<String> ignore, boolean ignoreAll) {
    /** Every parameter counts. */
    public static final Key WHOLE = new Key(List.of(), List.of(), false);

    public Key {
      query = List.copyOf(query);
      ignore = List.copyOf(ignore);
      if (!query.isEmpty() && !ignore.isEmpty()) {
        throw new IllegalArgumentException(
            "cache.key: query and ignore (expected: only one of them)");
      }
    }
  }

  public CachePolicy {
    vary = List.copyOf(vary);
    methods = Set.copyOf(methods);
    statuses = Set.copyOf(statuses);
    tags = List.copyOf(tags);
    if (maxObject < 0) {
      throw new IllegalArgumentException("cache.max-object: " + maxObject + " (expected: >= 0)");
    }
    notNegative("ttl", ttl);
    notNegative("stale-while-revalidate", staleWhileRevalidate);
    notNegative("stale-if-error", staleIfError);
    for (String method : methods) {
      if (!method.equals("GET") && !method.equals("HEAD")) {
        throw new IllegalArgumentException("cache.methods: " + method + " (expected: GET or HEAD)");
      }
    }
  }

  private static void notNegative(String key, Optional<Duration> value) {
    if (value.isPresent() && value.get().isNegative()) {
      throw new IllegalArgumentException(
          "cache." + key + ": " + value.get() + " (expected: not negative)");
    }
  }
}
