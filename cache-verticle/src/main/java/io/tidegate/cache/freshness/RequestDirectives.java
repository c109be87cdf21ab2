package io.tidegate.cache.freshness;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/**
 * What a request asks of caches (RFC 9111 §5.2.1, RFC 5861 §4). Times in seconds, {@link #ABSENT}
 * when not said. Of what is said twice, the stricter counts.
 *
 * @param noCache nothing stored may be used unless the origin confirms it; also said by {@code
 *     Pragma: no-cache} without Cache-Control (RFC 9111 §5.4)
 * @param noStore nothing of this exchange may be kept; then nothing stored is used either
 * @param onlyIfCached the origin may not be asked
 * @param maxAge the greatest age that is taken; 0 asks for confirmation
 * @param minFresh how long the response must stay fresh
 * @param maxStale how stale a response may be; {@link #ANY} for as stale as may be
 * @param staleIfError how stale a response may be when the origin fails
 */
public record RequestDirectives(
    boolean noCache,
    boolean noStore,
    boolean onlyIfCached,
    long maxAge,
    long minFresh,
    long maxStale,
    long staleIfError) {
  /** What was not said. */
  public static final long ABSENT = Directives.ABSENT;

  /** Any time will do. */
  public static final long ANY = Long.MAX_VALUE;

  /** Asks nothing. */
  public static final RequestDirectives NONE =
      new RequestDirectives(false, false, false, ABSENT, ABSENT, ABSENT, ABSENT);

  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");

  /** Reads a request's fields; costs two look-ups when there is nothing to read. */
  public static RequestDirectives of(MultiMap request) {
    if (request.get(HttpHeaders.CACHE_CONTROL) != null) {
      var reading = new Reading();
      Directives.read(request.getAll(HttpHeaders.CACHE_CONTROL), reading);
      return reading.done();
    }
    if (request.get(PRAGMA) != null) {
      var reading = new Reading();
      List<String> lines = request.getAll(PRAGMA);
      Directives.read(lines, (name, argument) -> reading.pragma(name));
      return reading.done();
    }
    return NONE;
  }

  private static final class Reading implements Directives.Sink {
    private boolean noCache;
    private boolean noStore;
    private boolean onlyIfCached;
    private long maxAge = ABSENT;
    private long minFresh = ABSENT;
    private long maxStale = ABSENT;
    private long staleIfError = ABSENT;

    void pragma(String name) {
      noCache |= name.equals("no-cache");
    }

    @Override
    public void directive(String name, String argument) {
      switch (name) {
        case "no-cache" -> noCache = true;
        case "no-store" -> noStore = true;
        case "only-if-cached" -> onlyIfCached = true;
        case "max-age" -> maxAge = Directives.least(maxAge, Directives.seconds(argument, 0));
        case "min-fresh" -> minFresh = Math.max(minFresh, Directives.seconds(argument, ABSENT));
        case "max-stale" ->
            maxStale =
                Directives.least(
                    maxStale, argument == null ? ANY : Directives.seconds(argument, 0));
        case "stale-if-error" ->
            staleIfError = Directives.least(staleIfError, Directives.seconds(argument, 0));
        default -> {}
      }
    }

    RequestDirectives done() {
      return new RequestDirectives(
          noCache, noStore, onlyIfCached, maxAge, minFresh, maxStale, staleIfError);
    }
  }
}
