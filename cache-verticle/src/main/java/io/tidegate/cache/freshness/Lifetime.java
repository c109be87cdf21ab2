package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;

/** How long a response is fresh (RFC 9111 §4.2.1) and how old it was when it came (§4.2.3). */
final class Lifetime {
  /** Heuristically cacheable (RFC 9110 §15.1), 206 aside, which is not stored. */
  private static final Set<Integer> HEURISTIC =
      Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

  /** §4.2.2 takes a tenth of the time since the last change as typical. */
  private static final int FRACTION = 10;

  /** A guess holds for a day at most, as in other shared caches. */
  private static final long LONGEST_GUESS = 24 * 60 * 60;

  private Lifetime() {}

  static boolean isHeuristicallyCacheable(int status) {
    return HEURISTIC.contains(status);
  }

  /** Whether the response names its own lifetime, be it zero or unreadable. */
  static boolean isExplicit(MultiMap response, ResponseDirectives directives) {
    return directives.namesLifetime()
        || surrogate(response) != Directives.ABSENT
        || !directives.targeted() && response.contains("expires");
  }

  /** Seconds, counted as age. A forced lifetime is counted from the arrival, whatever the age. */
  static long seconds(
      Fetch fetch, ResponseDirectives directives, CachePolicy policy, long initialAge) {
    if (policy.ttl().isPresent()) {
      return initialAge + policy.ttl().get().toSeconds();
    }
    long surrogate = directives.targeted() ? Directives.ABSENT : surrogate(fetch.response());
    if (surrogate != Directives.ABSENT) {
      return surrogate;
    }
    if (directives.sMaxage() != Directives.ABSENT) {
      return directives.sMaxage();
    }
    if (directives.maxAge() != Directives.ABSENT) {
      return directives.maxAge();
    }
    List<String> expires = directives.targeted() ? List.of() : fetch.response().getAll("expires");
    return expires.isEmpty() ? guess(fetch, directives) : untilExpiry(fetch, expires);
  }

  /** An unreadable date is in the past (§5.3); several that differ are not readable. */
  private static long untilExpiry(Fetch fetch, List<String> expires) {
    long at = HttpDate.parse(expires.get(0), fetch.responseMillis());
    boolean differ = expires.stream().anyMatch(each -> !each.equals(expires.get(0)));
    if (at == HttpDate.INVALID || differ) {
      return 0;
    }
    return Math.min(Directives.MOST, Math.max(0, (at - dateMillis(fetch)) / 1000));
  }

  /** Pragma in a response means nothing for certain, but nobody who sends it wants a guess. */
  private static long guess(Fetch fetch, ResponseDirectives directives) {
    boolean allowed = HEURISTIC.contains(fetch.status()) || directives.isPublic();
    String modified = fetch.response().get("last-modified");
    if (!allowed || modified == null || fetch.response().contains("pragma")) {
      return 0;
    }
    long since = HttpDate.parse(modified, fetch.responseMillis());
    if (since == HttpDate.INVALID) {
      return 0;
    }
    long unchanged = Math.max(0, (dateMillis(fetch) - since) / 1000);
    return Math.min(LONGEST_GUESS, unchanged / FRACTION);
  }

  /** The {@code max-age} of Surrogate-Control (Edge Architecture 1.0), or ABSENT. */
  private static long surrogate(MultiMap response) {
    String line = response.get("surrogate-control");
    if (line == null) {
      return Directives.ABSENT;
    }
    long[] seconds = {Directives.ABSENT};
    Directives.read(
        response.getAll("surrogate-control"),
        (name, argument) -> {
          if (name.equals("max-age")) {
            int more = argument == null ? -1 : argument.indexOf('+');
            String base = more < 0 ? argument : argument.substring(0, more);
            seconds[0] = Directives.least(seconds[0], Directives.seconds(base, 0));
          }
        });
    return seconds[0];
  }

  /** Whether Surrogate-Control forbids to store. */
  static boolean surrogateForbids(MultiMap response) {
    if (!response.contains("surrogate-control")) {
      return false;
    }
    boolean[] forbids = {false};
    Directives.read(
        response.getAll("surrogate-control"),
        (name, argument) -> forbids[0] |= name.equals("no-store"));
    return forbids[0];
  }

  /** The corrected initial age of §4.2.3, in seconds. */
  static long initialAge(Fetch fetch) {
    long apparent = Math.max(0, (fetch.responseMillis() - dateMillis(fetch)) / 1000);
    long delay = Math.max(0, (fetch.responseMillis() - fetch.requestMillis()) / 1000);
    return Math.max(apparent, age(fetch.response()) + delay);
  }

  /** The first member of Age; what is not a number counts as absent (§5.1). */
  private static long age(MultiMap response) {
    String line = response.get("age");
    if (line == null) {
      return 0;
    }
    int comma = line.indexOf(',');
    return Directives.seconds((comma < 0 ? line : line.substring(0, comma)).trim(), 0);
  }

  /** When the origin made it; without a readable Date, when it came (RFC 9110 §6.6.1). */
  private static long dateMillis(Fetch fetch) {
    long date = HttpDate.parse(fetch.response().get("date"), fetch.responseMillis());
    return date == HttpDate.INVALID ? fetch.responseMillis() : date;
  }
}
