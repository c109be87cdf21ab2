package io.tidegate.gateway.edge;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The Date field's value (RFC 9110 §5.6.7), made once a second. One event loop. */
final class Clock {
  private long second;
  private String date = "";

  String date() {
    long now = System.currentTimeMillis() / 1000;
    if (now != second) {
      second = now;
      date =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC));
    }
    return date;
  }
}
