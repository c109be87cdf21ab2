package io.tidegate.gateway.exchange;

import java.util.Locale;

/**
 * Every answer that Tidegate makes itself because something went wrong has one of these names. It
 * decides status, problem type, Proxy-Status error (RFC 9209 §2.3), metric label, log field and
 * span status; none of these is written anywhere else.
 */
public enum Failure {
  NO_ROUTE(404, "destination_not_found", "No route matches this request"),
  METHOD_NOT_ALLOWED(405, "http_request_denied", "The method is not allowed here"),
  BAD_REQUEST(400, "http_request_error", "The request is malformed"),
  BODY_TOO_LARGE(413, "http_request_error", "The request body is too large"),
  TARGET_TOO_LONG(414, "http_request_error", "The request target is too long"),
  HEADERS_TOO_LARGE(431, "http_request_error", "The request header section is too large"),
  REQUEST_TIMEOUT(408, "http_request_error", "The request did not arrive in time"),
  EXPECTATION_FAILED(417, "http_request_error", "The expectation cannot be met"),
  VERSION_NOT_SUPPORTED(505, "http_request_error", "The HTTP version is not supported"),
  NOT_IMPLEMENTED(501, "http_request_error", "The method is not supported"),
  MISDIRECTED(421, "http_request_error", "This server does not answer for that authority"),
  RATE_LIMITED(429, "http_request_denied", "Too many requests"),
  DNS_ERROR(502, "dns_error", "The upstream's name could not be resolved"),
  DNS_TIMEOUT(504, "dns_timeout", "The upstream's name could not be resolved in time"),
  CONNECTION_REFUSED(502, "connection_refused", "The upstream refused the connection"),
  CONNECTION_TIMEOUT(504, "connection_timeout", "No connection to the upstream in time"),
  CONNECTION_TERMINATED(502, "connection_terminated", "The upstream closed the connection"),
  STREAM_REFUSED(502, "connection_terminated", "The upstream refused the stream"),
  TLS_ERROR(502, "tls_protocol_error", "The TLS handshake with the upstream failed"),
  TLS_CERTIFICATE(502, "tls_certificate_error", "The upstream's certificate is not trusted"),
  UPSTREAM_ERROR(502, "http_protocol_error", "The upstream answered with an error"),
  PROTOCOL_ERROR(502, "http_protocol_error", "The upstream's answer is malformed"),
  RESPONSE_HEADERS_TOO_LARGE(
      502, "http_response_header_section_size", "The upstream's header section is too large"),
  RESPONSE_INCOMPLETE(502, "http_response_incomplete", "The upstream's answer ended early"),
  UPGRADE_FAILED(502, "http_upgrade_failed", "The upstream did not accept the upgrade"),
  LOOP_DETECTED(502, "proxy_loop_detected", "The request came back to this gateway"),
  ATTEMPT_TIMEOUT(504, "http_response_timeout", "The upstream did not answer in time"),
  TOTAL_TIMEOUT(504, "http_response_timeout", "The request could not be answered in time"),
  READ_TIMEOUT(504, "connection_read_timeout", "The upstream stopped sending"),
  WRITE_TIMEOUT(504, "connection_write_timeout", "The upstream stopped reading"),
  BREAKER_OPEN(503, "destination_unavailable", "The upstream is failing and is given a rest"),
  NO_HEALTHY_ENDPOINT(503, "destination_ip_unroutable", "No endpoint of the upstream is healthy"),
  POOL_FULL(503, "connection_limit_reached", "All connections to the upstream are in use"),
  BULKHEAD_FULL(503, "connection_limit_reached", "Too many requests to the upstream"),
  SHED(503, "connection_limit_reached", "The request was shed under load"),
  OVERLOADED(503, "connection_limit_reached", "Too many connections"),
  JOB_UNKNOWN(404, "http_request_error", "There is no such job"),
  JOB_GONE(410, "http_request_error", "The job was forgotten"),
  JOB_CONFLICT(409, "http_request_error", "The state of the job does not allow this"),
  KEY_REUSED(422, "http_request_error", "The idempotency key was used for another request"),
  UNSUPPORTED_MEDIA_TYPE(415, "http_request_error", "The type of the body is not supported"),
  BATCH_REFUSED(424, "http_request_error", "Another item of the batch was refused"),
  LISTING_DENIED(403, "http_request_denied", "Jobs may not be listed from here"),
  QUEUE_FULL(429, "http_request_denied", "The queue is full"),
  QUEUE_DRAINING(503, "destination_unavailable", "The queue takes no more jobs"),
  DISK_LOW(503, "destination_unavailable", "There is too little room for more jobs"),
  JOBS_UNAVAILABLE(503, "destination_unavailable", "The jobs do not answer"),
  TOO_MANY_SUBSCRIBERS(503, "connection_limit_reached", "Too many clients listen to events"),
  RETRY_BUDGET(503, "destination_unavailable", "Too many calls are made again already"),
  DRAINING(503, "destination_unavailable", "The gateway is shutting down"),
  NOT_REMEMBERED(
      504, "proxy_internal_response", "Nothing that is remembered satisfies the request"),
  INJECTED(503, "proxy_internal_response", "A fault was injected"),
  INTERNAL(500, "proxy_internal_error", "The gateway made a mistake"),
  /** In logs and metrics only: the client left before its answer was complete. */
  CLIENT_CLOSED(499, "http_request_error", "The client closed the connection");

  private final int status;
  private final String proxyError;
  private final String title;
  private final String reason;

  Failure(int status, String proxyError, String title) {
    this.status = status;
    this.proxyError = proxyError;
    this.title = title;
    this.reason = name().toLowerCase(Locale.ROOT);
  }

  /** Status of the answer. */
  public int status() {
    return status;
  }

  /** Error token of RFC 9209 §2.3. */
  public String proxyError() {
    return proxyError;
  }

  /** Title of the problem document. */
  public String title() {
    return title;
  }

  /** Lower-case name: metric label, log field and last part of the problem type. */
  public String reason() {
    return reason;
  }
}
