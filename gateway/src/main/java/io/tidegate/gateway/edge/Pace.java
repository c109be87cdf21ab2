package io.tidegate.gateway.edge;

/** How slowly a request body may come in; the numbers are Kestrel's defaults. */
final class Pace {
  static final long BYTES_PER_SECOND = 240;
  static final long GRACE_SECONDS = 5;
  static final long WINDOW_SECONDS = 10;

  private Pace() {}
}
