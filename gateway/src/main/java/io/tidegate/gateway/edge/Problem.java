package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** How a failure looks to a client: RFC 9457 body and RFC 9209 field. */
final class Problem {
  static final String CONTENT_TYPE = "application/problem+json";
  private static final String TYPE = "urn:tidegate:problem:";

  private static final String REGISTERED = "https://iana.org/assignments/http-problem-types#";

  private Problem() {}

  /**
   * The problem document.
   *
   * @param status the real status, which a fault or an upstream may have set apart
   */
  static Buffer body(Failure failure, int status, String detail, String requestId, String trace) {
    var json =
        new JsonObject()
            .put("type", type(failure))
            .put("title", failure.title())
            .put("status", status);
    if (!detail.isEmpty()) {
      json.put("detail", detail);
    }
    json.put("instance", "urn:uuid:" + requestId).put("reason", failure.reason());
    if (trace != null) {
      json.put("traceId", trace);
    }
    return json.toBuffer();
  }

  /** The registered type where there is one, ours otherwise. */
  private static String type(Failure failure) {
    return switch (failure) {
      case RATE_LIMITED -> REGISTERED + "quota-exceeded";
      case SHED, BULKHEAD_FULL, POOL_FULL -> REGISTERED + "temporary-reduced-capacity";
      default -> TYPE + failure.reason();
    };
  }

  /** Value of Proxy-Status for a failure; the next hop is named as configured, not by address. */
  static String proxyStatus(Failure failure, String upstream) {
    String status = "tidegate; error=" + failure.proxyError();
    return upstream == null ? status : status + "; next-hop=\"" + upstream + '"';
  }
}
