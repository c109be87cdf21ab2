package io.tidegate.metrics.registry;

import java.util.stream.IntStream;

/** The bounded label values of a request: methods and statuses as small numbers and back. */
final class RequestLabels {
  private static final String[] METHODS = {
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY", "PROPFIND", "OTHER"
  };

  /** Those that have a meaning of their own; the rest count as their class. */
  private static final int[] STATUSES = {
    101, 200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402,
    403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424,
    425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511
  };

  private static final String[] CLASSES = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
  private static final byte[] STATUS_INDEX = index();

  private RequestLabels() {}

  private static byte[] index() {
    byte[] index = new byte[600];
    IntStream.range(0, index.length).forEach(status -> index[status] = (byte) (status / 100));
    for (int i = 0; i < STATUSES.length; i++) {
      index[STATUSES[i]] = (byte) (CLASSES.length + i);
    }
    return index;
  }

  static int methods() {
    return METHODS.length;
  }

  /** Methods are case-sensitive (RFC 9110 §9.1): {@code get} is another one. */
  static int method(String method) {
    if (method != null) {
      for (int i = 0; i < METHODS.length - 1; i++) {
        if (METHODS[i].equals(method)) {
          return i;
        }
      }
    }
    return METHODS.length - 1;
  }

  static String method(int index) {
    return METHODS[index];
  }

  static int statuses() {
    return CLASSES.length + STATUSES.length;
  }

  static int status(int status) {
    return status < 0 || status >= STATUS_INDEX.length ? 0 : STATUS_INDEX[status];
  }

  static String statusLabel(int index) {
    return index < CLASSES.length
        ? CLASSES[index]
        : Integer.toString(STATUSES[index - CLASSES.length]);
  }
}
