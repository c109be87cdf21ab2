package io.tidegate.cache.freshness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the origin directs: of {@code CDN-Cache-Control} if it has a valid one, which then stands
 * for Cache-Control and Expires altogether (RFC 9213 §2.2), otherwise of Cache-Control. Of
 * directives that are said twice, the one that allows less counts (RFC 9111 §4.2.1).
 *
 * <p>{@code immutable} needs nothing here: a fresh response is validated only if the client asks
 * for it, and then RFC 8246 §2 wants that too.
 *
 * @param targeted whether {@code CDN-Cache-Control} was followed
 * @param maxAge in seconds, or {@link Directives#ABSENT}, as the others
 * @param withheld names of fields that {@code no-cache} or {@code private} withhold from others, in
 *     small letters
 */
record ResponseDirectives(
    boolean targeted,
    boolean noStore,
    boolean noCache,
    boolean isPrivate,
    boolean isPublic,
    boolean mustRevalidate,
    boolean mustUnderstand,
    long maxAge,
    long sMaxage,
    long staleWhileRevalidate,
    long staleIfError,
    List<String> withheld) {
  private static final int MAX_WITHHELD = 64;

  /** Whether a lifetime is named, be it zero. */
  boolean namesLifetime() {
    return maxAge != Directives.ABSENT || sMaxage != Directives.ABSENT;
  }

  /** Reads the fields of a response. */
  static ResponseDirectives of(Function<String, List<String>> fields) {
    List<String> cdn = fields.apply("cdn-cache-control");
    if (!cdn.isEmpty()) {
      var reading = new Reading();
      if (TargetedField.read(String.join(",", cdn), reading)) {
        return reading.done(true);
      }
    }
    var reading = new Reading();
    Directives.read(fields.apply("cache-control"), reading);
    return reading.done(false);
  }

  private static final class Reading implements Directives.Sink {
    private boolean noStore;
    private boolean noCache;
    private boolean isPrivate;
    private boolean isPublic;
    private boolean mustRevalidate;
    private boolean mustUnderstand;
    private long maxAge = Directives.ABSENT;
    private long sMaxage = Directives.ABSENT;
    private long staleWhileRevalidate = Directives.ABSENT;
    private long staleIfError = Directives.ABSENT;
    private final List<String> withheld = new ArrayList<>(0);

    @Override
    public void directive(String name, String argument) {
      switch (name) {
        case "no-store" -> noStore = true;
        case "no-cache" -> noCache |= !withholds(argument);
        case "private" -> isPrivate |= !withholds(argument);
        case "public" -> isPublic = true;
        case "must-revalidate", "proxy-revalidate" -> mustRevalidate = true;
        case "must-understand" -> mustUnderstand = true;
        case "max-age" -> maxAge = least(maxAge, argument);
        case "s-maxage" -> sMaxage = least(sMaxage, argument);
        case "stale-while-revalidate" ->
            staleWhileRevalidate = least(staleWhileRevalidate, argument);
        case "stale-if-error" -> staleIfError = least(staleIfError, argument);
        default -> {}
      }
    }

    private static long least(long before, String argument) {
      return Directives.least(before, Directives.seconds(argument, 0));
    }

    /** Whether the argument is a list of field names and nothing else. */
    private boolean withholds(String argument) {
      if (argument == null || argument.isBlank()) {
        return false;
      }
      int before = withheld.size();
      boolean all = FieldNames.split(argument, withheld, MAX_WITHHELD);
      return all && withheld.size() > before;
    }

    ResponseDirectives done(boolean targeted) {
      return new ResponseDirectives(
          targeted,
          noStore,
          noCache,
          isPrivate,
          isPublic,
          mustRevalidate,
          mustUnderstand,
          maxAge,
          sMaxage,
          staleWhileRevalidate,
          staleIfError,
          List.copyOf(withheld));
    }
  }
}
