package io.tidegate.gateway.offload;

import io.netty.util.NetUtil;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Lists jobs, a page at a time, to those who may see them. */
public final class Pages {
  private final Jobs jobs;
  private final OffloadOptions options;

  Pages(Jobs jobs, OffloadOptions options) {
    this.jobs = jobs;
    this.options = options;
  }

  Future<Reply> list(Exchange exchange) {
    Exchange.Head head = exchange.head();
    String tenant = Tenant.of(options.scope(), head.headers());
    if (!mayList(tenant, head.clientIp())) {
      return JobsDesk.failed(Failure.LISTING_DENIED);
    }
    JobQuery asked;
    try {
      asked = JobQuery.read(head.query());
    } catch (WrongField wrong) {
      return Future.succeededFuture(Reply.Failed.of(Failure.BAD_REQUEST, wrong.getMessage()));
    }
    return jobs.list(asked.filter().withTenant(tenant), asked.after(), asked.limit())
        .<Reply>map(page -> JobReplies.json(200, document(page, options.prefix())))
        .otherwise(JobsDesk::unavailable);
  }

  private boolean mayList(String tenant, String client) {
    if (options.scope().isPresent()) {
      return !tenant.isEmpty();
    }
    return switch (options.listing()) {
      case ALL -> true;
      case NONE -> false;
      case LOCAL -> isLocal(client);
    };
  }

  private static boolean isLocal(String client) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(client);
    try {
      return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }

  /** A page as a document. */
  public static JsonObject document(JobPage page, String prefix) {
    JsonArray all = new JsonArray();
    page.jobs().forEach(job -> all.add(JobJson.of(job, prefix)));
    JsonObject json = new JsonObject().put("jobs", all);
    page.next().ifPresent(next -> json.put("next", next.toString()));
    return json;
  }
}
