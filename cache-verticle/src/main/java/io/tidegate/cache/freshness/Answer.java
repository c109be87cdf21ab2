package io.tidegate.cache.freshness;

import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a stored response answers the conditions and the range of one request (RFC 9111 §4.3.2, RFC
 * 9110 §13.2.2 and §14): whole, 304, 206 or 416. A description; nothing is copied but fields.
 *
 * <p>Several ranges in one request get the whole, as RFC 9110 §14.2 allows: they are rare among
 * honest clients and dear to serve.
 *
 * @param headers but for Age, Cache-Status and framing
 * @param offset of the first byte of the stored body to be sent
 * @param length how many bytes of it; -1 when the body is still coming: all of it
 */
public record Answer(int status, Fields headers, long offset, long length) {
  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");
  private static final int NOT_MODIFIED = 304;
  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;

  /** What describes the content, which neither a 304 nor a 416 has. */
  private static final Set<String> OF_CONTENT =
      Set.of(
          "content-length",
          "content-type",
          "content-encoding",
          "content-language",
          "content-range",
          "content-md5",
          "content-digest",
          "content-disposition");

  /** What would let a refusal be taken for the resource by caches further out. */
  private static final Set<String> OF_RESOURCE =
      Set.of(
          "etag",
          "last-modified",
          "cache-control",
          "cdn-cache-control",
          "expires",
          "repr-digest",
          "content-location");

  /** The answer of a stored response. */
  public static Answer of(StoredResponse stored, String method, MultiMap request) {
    return of(
        stored.status(),
        stored.headers(),
        stored.body().length(),
        stored.responseMillis(),
        method,
        request);
  }

  /**
   * The answer of a response whose body may be still coming.
   *
   * @param bodyLength -1 when not known; then a range gets the whole
   * @param responseMillis when it came, which stands for a Date that it does not have
   */
  public static Answer of(
      int status,
      Fields headers,
      long bodyLength,
      long responseMillis,
      String method,
      MultiMap request) {
    if (status == 200) {
      if (isNotModified(headers, responseMillis, request)) {
        return new Answer(NOT_MODIFIED, notModified(headers), 0, 0);
      }
      if (method.equals("GET") && bodyLength > 0 && request.get(RANGE) != null) {
        return ranged(headers, bodyLength, responseMillis, request);
      }
    }
    return new Answer(status, headers, 0, bodyLength);
  }

  private static boolean isNotModified(Fields headers, long responseMillis, MultiMap request) {
    if (request.get(HttpHeaders.IF_NONE_MATCH) != null) {
      return EntityTag.anyMatches(request.getAll(HttpHeaders.IF_NONE_MATCH), headers.get("etag"));
    }
    String since = request.get(HttpHeaders.IF_MODIFIED_SINCE);
    if (since == null || request.getAll(HttpHeaders.IF_MODIFIED_SINCE).size() > 1) {
      return false;
    }
    long sinceMillis = HttpDate.parse(since, responseMillis);
    return sinceMillis != HttpDate.INVALID && modified(headers, responseMillis) <= sinceMillis;
  }

  /** Its last change; without, its Date (RFC 9111 §4.3.2). */
  private static long modified(Fields headers, long responseMillis) {
    String changed = headers.get("last-modified");
    long at = HttpDate.parse(changed == null ? headers.get("date") : changed, responseMillis);
    return at != HttpDate.INVALID ? at : changed == null ? responseMillis : Long.MAX_VALUE;
  }

  /** RFC 9110 §15.4.5; Last-Modified only guides where there is no ETag. */
  private static Fields notModified(Fields headers) {
    boolean tagged = headers.contains("etag");
    return without(
        headers, name -> OF_CONTENT.contains(name) || tagged && name.equals("last-modified"));
  }

  private static Answer ranged(
      Fields headers, long bodyLength, long responseMillis, MultiMap request) {
    ByteRange range = ByteRange.of(request.getAll(RANGE), bodyLength);
    String condition = request.get(IF_RANGE);
    if (range == ByteRange.NONE
        || condition != null && !isSame(condition.trim(), headers, responseMillis)) {
      return new Answer(200, headers, 0, bodyLength);
    }
    if (range == ByteRange.UNSATISFIABLE) {
      Fields rest =
          without(headers, name -> OF_CONTENT.contains(name) || OF_RESOURCE.contains(name));
      return new Answer(UNSATISFIABLE, with(rest, "bytes */" + bodyLength), 0, 0);
    }
    Fields rest =
        without(headers, name -> name.equals("content-length") || name.equals("content-range"));
    String place = "bytes " + range.first() + "-" + range.last() + "/" + bodyLength;
    return new Answer(PARTIAL, with(rest, place), range.first(), range.length());
  }

  /** If-Range: only what is strong will do (RFC 9110 §13.1.5, §8.8.2.2). */
  private static boolean isSame(String condition, Fields headers, long responseMillis) {
    if (condition.startsWith("\"") || condition.startsWith("W/")) {
      return EntityTag.strongMatch(condition, headers.get("etag"));
    }
    long wanted = HttpDate.parse(condition, responseMillis);
    long changed = HttpDate.parse(headers.get("last-modified"), responseMillis);
    long date = HttpDate.parse(headers.get("date"), responseMillis);
    return wanted != HttpDate.INVALID
        && wanted == changed
        && date != HttpDate.INVALID
        && date - changed >= 1000;
  }

  private interface Leave {
    boolean out(String lowerName);
  }

  private static Fields without(Fields headers, Leave leave) {
    List<CharSequence> kept = new ArrayList<>(headers.size() * 2);
    headers.forEach(
        (name, value) -> {
          if (!leave.out(name.toString().toLowerCase(Locale.ROOT))) {
            kept.add(name);
            kept.add(value);
          }
        });
    return Fields.of(kept.toArray(CharSequence[]::new));
  }

  private static Fields with(Fields headers, String contentRange) {
    List<CharSequence> all = new ArrayList<>(headers.size() * 2 + 2);
    headers.forEach(
        (name, value) -> {
          all.add(name);
          all.add(value);
        });
    all.add("Content-Range");
    all.add(contentRange);
    return Fields.of(all.toArray(CharSequence[]::new));
  }
}
