package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.security.Forwarding;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * A request's head on its way through the store: what became of it there, and what becomes of it.
 */
final class CarriedHead {
  // A colon cannot be part of a field's name: these never meet a client's.
  private static final String HOST = ":host";
  private static final String SCHEME = ":scheme";
  private static final String CLIENT = ":client";
  private static final String FORWARDED = "forwarded";
  private static final String FORWARDED_FOR = "x-forwarded-for";

  /** Between the client and us: of no concern to the upstream, or made anew for each run. */
  private static final List<String> OURS =
      List.of(
          "prefer",
          "traceparent",
          "tracestate",
          "job-id",
          "job-attempt",
          Wish.DELAY,
          Wish.RUN_AT,
          Wish.DEADLINE,
          Wish.PRIORITY,
          Wish.MAX_ATTEMPTS,
          Wish.GROUP,
          Wish.CALLBACK);

  private CarriedHead() {}

  /** A request as a call to be kept. */
  static JobCall call(Exchange.Head head, Buffer body) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    Hop.copyRequest(head.headers(), fields);
    OURS.forEach(fields::remove);
    Forwarding forwarding = head.forwarding();
    forwarding.writeTo(fields);
    fields.set(HOST, head.host()).set(SCHEME, forwarding.scheme());
    fields.set(CLIENT, forwarding.clientIp());
    return new JobCall(head.method().name(), head.target(), JobHeaders.of(fields), body);
  }

  /** Fields of a call for several jobs, beside which this one is: its host, and no client. */
  static JobHeaders ours(Delivery job) {
    MultiMap fields = job.call().headers().toMultiMap();
    MultiMap own = MultiMap.caseInsensitiveMultiMap();
    own.set(HOST, text(fields, HOST)).set(SCHEME, text(fields, SCHEME)).set(CLIENT, "unknown");
    own.set(FORWARDED, "for=unknown").set(FORWARDED_FOR, "unknown");
    own.set("content-type", "application/json").set("accept", "application/json");
    return JobHeaders.of(own);
  }

  /** A job's request as its upstream is to see it. */
  static Exchange.Head head(Delivery job) {
    JobCall call = job.call();
    MultiMap fields = call.headers().toMultiMap();
    String host = text(fields, HOST);
    String scheme = text(fields, SCHEME);
    Forwarding forwarding =
        new Forwarding(
            text(fields, CLIENT),
            scheme.isEmpty() ? "http" : scheme,
            host,
            text(fields, FORWARDED),
            text(fields, FORWARDED_FOR),
            true);
    fields.remove(HOST).remove(SCHEME).remove(CLIENT);
    if (!fields.contains(Wish.KEY)) {
      fields.set(Wish.KEY, '"' + job.key() + '"');
    }
    fields.set("Job-Id", job.id().toString());
    fields.set("Job-Attempt", Integer.toString(job.attempt()));
    int query = call.uri().indexOf('?');
    return new Exchange.Head(
        HttpMethod.valueOf(call.method()),
        forwarding.scheme(),
        host,
        query < 0 ? call.uri() : call.uri().substring(0, query),
        query < 0 ? null : call.uri().substring(query + 1),
        fields,
        forwarding);
  }

  private static String text(MultiMap fields, String name) {
    String value = fields.get(name);
    return value == null ? "" : value;
  }
}
