package io.tidegate.metrics.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.TraceContext;

/** A request as one JSON object. Fields that do not apply are left out. */
final class AccessJson implements AccessLines.AccessFormat {
  private static final byte[] START = bytes("{\"time\":\"");
  private static final byte[] LOGGER = bytes("\",\"level\":\"info\",\"logger\":\"access\"");
  private static final byte[] REQUEST = key("request_id");
  private static final byte[] TRACE = bytes(",\"trace_id\":\"");
  private static final byte[] SPAN = bytes("\",\"span_id\":\"");
  private static final byte[] CLIENT = key("client");
  private static final byte[] METHOD = key("method");
  private static final byte[] SCHEME = key("scheme");
  private static final byte[] HOST = key("host");
  private static final byte[] PATH = key("path");
  private static final byte[] PROTOCOL = key("protocol");
  private static final byte[] ROUTE = key("route");
  private static final byte[] TEMPLATE = key("template");
  private static final byte[] STATUS = bytes(",\"status\":");
  private static final byte[] SOURCE = key("source");
  private static final byte[] FAILURE = key("failure");
  private static final byte[] CAUSE = key("first_cause");
  private static final byte[] LEFT = key("client_left");
  private static final byte[] JOB = key("job");
  private static final byte[] SKIPPED = key("retry_skipped");
  private static final byte[] FAULT = bytes(",\"fault_injected\":true");
  private static final byte[] ATTEMPTS = bytes(",\"attempts\":");
  private static final byte[] UPSTREAM = key("upstream");
  private static final byte[] ENDPOINT = key("endpoint");
  private static final byte[] TOTAL = bytes(",\"duration_ms\":");
  private static final byte[] WAITED = bytes(",\"upstream_ms\":");
  private static final byte[] QUEUED = bytes(",\"queue_ms\":");
  private static final byte[] IN = bytes(",\"bytes_in\":");
  private static final byte[] OUT = bytes(",\"bytes_out\":");
  private static final byte[] END = bytes("}\n");

  /** A path may be as long as the request line; a log line should not. */
  private static final int PATH_LENGTH = 2048;

  private static final int TEXT_LENGTH = 256;

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] key(String name) {
    return bytes(",\"" + name + "\":\"");
  }

  @Override
  public void write(RequestFacts facts, LineBuffer line) {
    line.raw(START);
    line.time(facts.startMillis());
    line.raw(LOGGER);
    who(facts, line);
    what(facts, line);
    outcome(facts, line);
    amounts(facts, line);
    line.raw(END);
  }

  private static void who(RequestFacts facts, LineBuffer line) {
    text(line, REQUEST, facts.requestId());
    TraceContext trace = facts.trace();
    if (trace != null && trace.exists()) {
      line.raw(TRACE);
      line.hex(trace.traceIdHigh(), trace.traceIdLow());
      line.raw(SPAN);
      line.hex(trace.spanNumber());
      line.raw('"');
    }
    text(line, CLIENT, facts.client());
  }

  private static void what(RequestFacts facts, LineBuffer line) {
    text(line, METHOD, facts.method());
    text(line, SCHEME, facts.scheme());
    text(line, HOST, facts.host());
    text(line, PATH, facts.path(), PATH_LENGTH);
    text(line, PROTOCOL, facts.protocol());
    text(line, ROUTE, facts.route());
    text(line, TEMPLATE, facts.template());
  }

  private static void outcome(RequestFacts facts, LineBuffer line) {
    line.raw(STATUS);
    line.number(facts.status());
    text(line, SOURCE, facts.source() == null ? null : facts.source().label());
    text(line, JOB, facts.job());
    text(line, FAILURE, facts.failure());
    text(line, CAUSE, facts.firstCause());
    text(line, LEFT, facts.leftDuring());
    text(line, SKIPPED, facts.retrySkipped());
    if (facts.faultInjected()) {
      line.raw(FAULT);
    }
  }

  private static void amounts(RequestFacts facts, LineBuffer line) {
    line.raw(ATTEMPTS);
    line.number(facts.attempts());
    text(line, UPSTREAM, facts.upstream());
    text(line, ENDPOINT, facts.endpoint());
    line.raw(TOTAL);
    line.millis(facts.totalNanos());
    line.raw(WAITED);
    line.millis(facts.upstreamNanos());
    line.raw(QUEUED);
    line.millis(facts.queueNanos());
    line.raw(IN);
    line.number(facts.bytesIn());
    line.raw(OUT);
    line.number(facts.bytesOut());
  }

  private static void text(LineBuffer line, byte[] key, String value) {
    text(line, key, value, TEXT_LENGTH);
  }

  private static void text(LineBuffer line, byte[] key, String value, int most) {
    if (value != null) {
      line.quoted(key, value, most);
    }
  }
}
