package io.tidegate.gateway.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Contradictions within one upstream. */
final class UpstreamChecks {
  private final Fields upstream;
  private final Problems problems;

  UpstreamChecks(Fields upstream, Problems problems) {
    this.upstream = upstream;
    this.problems = problems;
  }

  void run() {
    Checks.atMost(upstream.section("health"), "timeout", "interval", problems);
    Checks.atMost(upstream.section("outlier"), "eject", "max-eject", problems);
    Checks.atMost(upstream.section("breaker"), "reset", "reset-max", problems);
    slowRate();
    adaptive();
    tls();
    endpoints();
  }

  private void slowRate() {
    Fields breaker = upstream.section("breaker");
    if (breaker.has("slow-rate") && !breaker.has("slow-call")) {
      String message = "has no effect without slow-call; expected slow-call beside it";
      problems.error(breaker.placeOf("slow-rate"), message);
    }
  }

  private void adaptive() {
    Fields concurrency = upstream.section("concurrency");
    Fields adaptive = concurrency.section("adaptive");
    if (!concurrency.has("adaptive") || adaptive.isBroken("min") || adaptive.isBroken("max")) {
      return;
    }
    int min = adaptive.whole("min", UpstreamKeys.ADAPTIVE_MIN);
    int max = adaptive.whole("max", UpstreamKeys.ADAPTIVE_MAX);
    if (min > max) {
      Place place = adaptive.placeOf(adaptive.has("min") ? "min" : "max");
      problems.error(place, "found min above max, expected it at most " + max);
    } else if (concurrency.get("limit", Long.class).filter(n -> n < min || n > max).isPresent()) {
      String range = "expected a start from adaptive.min, " + min + ", to adaptive.max, " + max;
      String found = "found " + concurrency.shown("limit") + ", ";
      problems.error(concurrency.placeOf("limit"), found + range);
    }
  }

  private void tls() {
    Fields tls = upstream.section("tls");
    if (tls.has("certificate") != tls.has("key")) {
      String there = tls.has("key") ? "key" : "certificate";
      String missing = tls.has("key") ? "certificate" : "key";
      problems.error(tls.placeOf(there), "found it alone, expected " + missing + " beside it");
    }
    List<Map.Entry<URI, Place>> urls = urls();
    boolean plain = urls.stream().noneMatch(url -> "https".equals(url.getKey().getScheme()));
    if (upstream.has("tls") && !urls.isEmpty() && plain) {
      problems.error(upstream.placeOf("tls"), "has no effect: expected an endpoint with https");
    }
  }

  private void endpoints() {
    List<Map.Entry<String, Place>> names = new ArrayList<>();
    urls().forEach(url -> names.add(Map.entry(url.getKey().toString(), url.getValue())));
    Checks.repeated(names)
        .forEach(
            (url, place) -> problems.error(place, "found this endpoint twice, expected it once"));
  }

  private List<Map.Entry<URI, Place>> urls() {
    List<Map.Entry<URI, Place>> urls = new ArrayList<>();
    for (Value endpoint : upstream.items("endpoints")) {
      if (endpoint instanceof Value.Single single) {
        urls.add(Map.entry((URI) single.content(), single.place()));
      } else if (endpoint instanceof Fields fields) {
        fields.get("url", URI.class).ifPresent(u -> urls.add(Map.entry(u, fields.placeOf("url"))));
      }
    }
    return urls;
  }
}
