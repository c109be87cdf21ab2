package io.tidegate.gateway.config;

import io.tidegate.cache.api.CachePolicy;
import java.time.Duration;
import java.util.List;

/** Keys of a route's {@code cache}. */
final class CacheKeys {
  private static final CachePolicy DEFAULT = CachePolicy.DEFAULTS;
  private static final Duration LONGEST = Duration.ofDays(365);

  private static final Section KEY =
      new Section("cache-key", "Which parameters of the query tell answers apart; default: all.")
          .key(
              "query",
              ListShape.of(Shapes.text("a parameter's name", "[^&=\\s]+")),
              "The only parameters that count; an empty list: none does.")
          .key(
              "ignore",
              ListShape.of(
                      Shapes.text(
                          "a parameter's name, with * at its end for all that begin so",
                          "[^&=\\s]+"))
                  .atLeastOne(),
              "Parameters that do not count, such as utm_*.")
          .atMostOne("query", "ignore");

  static final Section CACHE =
      new Section("cache", "Remembers answers, as RFC 9111 says. {} follows the upstream's fields.")
          .key(
              "ttl",
              Shapes.duration(Duration.ZERO, LONGEST),
              "How long an answer is fresh, whatever the upstream says of that; never makes"
                  + " private answers shared. Default: the upstream decides.")
          .key(
              "stale-while-revalidate",
              Shapes.duration(Duration.ZERO, LONGEST),
              "Past its freshness an answer is given for so long while a new one is fetched;"
                  + " default: the upstream decides.")
          .key(
              "stale-if-error",
              Shapes.duration(Duration.ZERO, LONGEST),
              "Past its freshness an answer is given for so long when the upstream fails; default:"
                  + " the upstream decides.")
          .key(
              "max-object",
              Shapes.size(0, Integer.MAX_VALUE),
              "Larger bodies pass through and are not kept.",
              DEFAULT.maxObject())
          .key(
              "vary",
              ListShape.of(Shapes.text("a field name", "[!#$%&'+.^_`|~0-9A-Za-z-]+")),
              "Request fields that tell answers apart, beside those of the upstream's Vary.",
              DEFAULT.vary())
          .key("key", KEY, "Which parameters of the query tell answers apart.")
          .key(
              "methods",
              ListShape.of(Shapes.words("GET", "HEAD")).atLeastOne(),
              "Methods that are answered from what is kept.",
              List.of("GET", "HEAD"))
          .key(
              "statuses",
              ListShape.of(HttpShapes.statuses(200, 599)).atLeastOne(),
              "The only statuses that are kept; default: those that HTTP lets be kept.")
          .key(
              "tags",
              ListShape.of(Shapes.text("a word of visible ASCII", "[!-+\\--~]{1,128}")),
              "By which answers can be purged, beside those of Surrogate-Key and Cache-Tag.",
              DEFAULT.tags())
          .key(
              "coalesce",
              Shapes.FLAG,
              "Whether requests that ask for the same wait for one call.",
              DEFAULT.coalesce())
          .key(
              "authorized",
              Shapes.FLAG,
              "Share answers to requests with Authorization although the upstream did not say"
                  + " that this is right (RFC 9111 §3.5).",
              DEFAULT.authorized());

  private CacheKeys() {}
}
