package io.tidegate.gateway.exchange;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What concerns one connection only and is never passed on (RFC 9110 §7.6.1). */
public final class Hop {
  private static final String[] NAMES = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-authentication-info",
    "te",
    "transfer-encoding",
    "upgrade",
    "http2-settings"
  };

  /** And what frames the body, which is made anew. */
  private static final FieldNames NOT_ANSWERED = FieldNames.of(NAMES).and("content-length");

  /** Host and Expect are decided about for each upstream; trailers of requests do not go on. */
  private static final FieldNames NOT_ASKED = NOT_ANSWERED.and("host", "expect", "trailer");

  private Hop() {}

  /** Adds to {@code to} the fields of a request that are passed on, but Host and Expect. */
  public static void copyRequest(MultiMap from, MultiMap to) {
    copy(from, to, NOT_ASKED);
  }

  /** Adds to {@code to} the fields of a response that are passed on. */
  public static void copyResponse(MultiMap from, MultiMap to) {
    copy(from, to, NOT_ANSWERED);
  }

  /**
   * One pass, in place of a copy and a removal by name of each that does not belong. Netty's own
   * entries spare a String for each name and the second reckoning of its hash.
   */
  private static void copy(MultiMap from, MultiMap to, FieldNames dropped) {
    List<String> named = named(from, dropped);
    if (from instanceof io.netty.handler.codec.http.HttpHeaders fields) {
      Iterator<Map.Entry<CharSequence, CharSequence>> each = fields.iteratorCharSequence();
      while (each.hasNext()) {
        Map.Entry<CharSequence, CharSequence> field = each.next();
        if (!dropped.contains(field.getKey()) && !isNamed(field.getKey(), named)) {
          to.add(field.getKey(), field.getValue());
        }
      }
      return;
    }
    for (Map.Entry<String, String> field : from) {
      if (!dropped.contains(field.getKey()) && !isNamed(field.getKey(), named)) {
        to.add(field.getKey(), field.getValue());
      }
    }
  }

  /** What Connection names beyond what is dropped anyway: nearly always nothing. */
  private static List<String> named(MultiMap headers, FieldNames dropped) {
    if (!headers.contains(HttpHeaders.CONNECTION)) {
      return List.of();
    }
    List<String> named = List.of();
    for (String line : headers.getAll(HttpHeaders.CONNECTION)) {
      for (String name : line.split(",")) {
        String trimmed = name.trim();
        if (!trimmed.isEmpty() && !dropped.contains(trimmed) && !framing(trimmed)) {
          named = named.isEmpty() ? new ArrayList<>() : named;
          named.add(trimmed);
        }
      }
    }
    return named;
  }

  private static boolean isNamed(CharSequence name, List<String> named) {
    for (int i = 0; i < named.size(); i++) {
      if (AsciiString.contentEqualsIgnoreCase(name, named.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Removes the fields of this hop, and those that Connection names, from {@code headers}. */
  public static void strip(MultiMap headers) {
    if (headers.contains(HttpHeaders.CONNECTION)) {
      for (String line : headers.getAll(HttpHeaders.CONNECTION)) {
        for (String name : line.split(",")) {
          String trimmed = name.trim();
          if (!trimmed.isEmpty() && !framing(trimmed)) {
            headers.remove(trimmed);
          }
        }
      }
    }
    for (String name : NAMES) {
      headers.remove(name);
    }
  }

  /** Naming these in Connection must not let a client take them away. */
  private static boolean framing(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "host",
          "content-length",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "via" ->
          true;
      default -> false;
    };
  }

  /** Whether a comma-separated field has {@code token}, case-insensitively. */
  public static boolean hasToken(List<String> lines, String token) {
    for (String line : lines) {
      for (String part : line.split(",")) {
        if (part.trim().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }
}
