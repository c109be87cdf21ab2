package io.tidegate.gateway.exchange;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;

/** What concerns one connection only and is never passed on (RFC 9110 §7.6.1). */
public final class Hop {
  private static final List<CharSequence> NAMES =
      List.of(
          HttpHeaders.CONNECTION,
          HttpHeaders.createOptimized("keep-alive"),
          HttpHeaders.createOptimized("proxy-connection"),
          HttpHeaders.createOptimized("proxy-authenticate"),
          HttpHeaders.createOptimized("proxy-authorization"),
          HttpHeaders.createOptimized("proxy-authentication-info"),
          HttpHeaders.createOptimized("te"),
          HttpHeaders.TRANSFER_ENCODING,
          HttpHeaders.createOptimized("upgrade"),
          HttpHeaders.createOptimized("http2-settings"));

  private Hop() {}

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
    for (CharSequence name : NAMES) {
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
