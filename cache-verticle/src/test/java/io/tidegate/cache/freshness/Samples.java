package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Header fields and exchanges, written short. */
final class Samples {
  /** Tue, 15 Sep 2026 12:00:00 GMT. */
  static final long NOW = Instant.parse("2026-09-15T12:00:00Z").toEpochMilli();

  static final long SECOND = 1000;

  /** Written {@code {-3600}}: the date so many seconds from {@link #NOW}. */
  private static final Pattern DATE = Pattern.compile("\\{([+-]?\\d+)}");

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Samples() {}

  /** {@code Name: value} by turns with {@code ^}. */
  static MultiMap fields(String lines) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    if (lines == null || lines.isBlank()) {
      return fields;
    }
    for (String line : lines.split("\\^")) {
      int colon = line.indexOf(':');
      fields.add(line.substring(0, colon).trim(), dated(line.substring(colon + 1).trim()));
    }
    return fields;
  }

  static String date(long secondsFromNow) {
    return FORM.format(Instant.ofEpochMilli(NOW + secondsFromNow * SECOND));
  }

  private static String dated(String value) {
    return DATE.matcher(value).replaceAll(found -> date(Long.parseLong(found.group(1))));
  }

  /** A GET that was answered at once, at {@link #NOW}. */
  static Fetch get(int status, String request, String response) {
    return new Fetch("GET", fields(request), status, fields(response), NOW, NOW);
  }

  static Storability judge(int status, String request, String response) {
    return Storing.judge(get(status, request, response), CachePolicy.DEFAULTS);
  }

  static Storable storable(int status, String request, String response) {
    return (Storable) judge(status, request, response);
  }

  /** Stored at {@link #NOW}. */
  static StoredResponse stored(String response, String body) {
    return stored("", response, body);
  }

  static StoredResponse stored(String request, String response, String body) {
    return storable(200, request, response).with("GET http://a/", Buffer.buffer(body), 0);
  }

  static CachePolicy policy(
      Optional<Duration> ttl,
      Optional<Duration> staleWhileRevalidate,
      Optional<Duration> staleIfError,
      Set<Integer> statuses,
      boolean authorized) {
    CachePolicy base = CachePolicy.DEFAULTS;
    return new CachePolicy(
        ttl,
        staleWhileRevalidate,
        staleIfError,
        base.maxObject(),
        base.vary(),
        base.key(),
        base.methods(),
        statuses,
        base.tags(),
        base.coalesce(),
        authorized);
  }

  static CachePolicy ttl(long seconds) {
    return policy(
        Optional.of(Duration.ofSeconds(seconds)),
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        false);
  }

  static CachePolicy varying(List<String> names) {
    CachePolicy base = CachePolicy.DEFAULTS;
    return new CachePolicy(
        base.ttl(),
        base.staleWhileRevalidate(),
        base.staleIfError(),
        base.maxObject(),
        names,
        base.key(),
        base.methods(),
        base.statuses(),
        List.of("route-tag"),
        base.coalesce(),
        base.authorized());
  }
}
