package io.tidegate.gateway.offload;

import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.Run;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients' URLs of the end of their jobs (Standard Webhooks). Each is a job itself, in the
 * queue {@code callbacks}, and is tried for three days. The address is looked up here and called as
 * such: a name cannot lead elsewhere between the check and the call.
 */
final class Callbacks implements Performer {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final int CONNECTIONS = 64;
  private static final int WAITING = 1_024;

  /** The wait after each attempt that failed. */
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  private final Vertx vertx;
  private final Supplier<OffloadOptions> options;
  private final HttpClient client;

  Callbacks(Vertx vertx, Supplier<OffloadOptions> options) {
    this.vertx = vertx;
    this.options = options;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setDecompressionSupported(false)
                .setTracingPolicy(TracingPolicy.IGNORE)
                .setName("tidegate-callbacks"),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
  }

  @Override
  public Future<Outcome> perform(Run run) {
    Delivery job = run.delivery();
    CallbackOptions rules = options.get().callbacks();
    Optional<String> expected = CallbackTarget.check(job.call().uri(), rules);
    if (expected.isPresent()) {
      return Future.succeededFuture(prohibited("expected " + expected.get()));
    }
    URI url = URI.create(job.call().uri().trim());
    long end = System.nanoTime() + rules.timeout().toNanos();
    return vertx
        .executeBlocking(() -> InetAddress.getAllByName(bare(url.getHost())), false)
        .timeout(rules.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .compose(
            addresses -> {
              for (InetAddress address : addresses) {
                if (AddressGuard.allows(address, rules.networks())) {
                  return call(run, url, address, rules, end);
                }
              }
              return Future.succeededFuture(prohibited("its address is not a public one"));
            })
        .otherwise(failure -> later(job, failure))
        .onSuccess(outcome -> told(job, outcome));
  }

  private static Outcome later(Delivery job, Throwable failure) {
    if (failure instanceof UnknownHostException) {
      return later(job, "dns_error", 0, "the name has no address", Duration.ZERO);
    }
    boolean late = failure instanceof TimeoutException;
    String message = late ? "no answer in time" : String.valueOf(failure.getMessage());
    return later(job, late ? "timeout" : "error", 0, message, Duration.ZERO);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Outcome prohibited(String why) {
    return new Outcome.Failed(new JobError("callback_prohibited", 0, why), Optional.empty());
  }

  private Future<Outcome> call(
      Run run, URI url, InetAddress address, CallbackOptions rules, long end) {
    if (run.aborted()) {
      return Future.succeededFuture(new Outcome.Released());
    }
    Delivery job = run.delivery();
    long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
    boolean tls = url.getScheme().toLowerCase(Locale.ROOT).equals("https");
    int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    Buffer body = body(job);
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
            .setHost(bare(url.getHost()))
            .setPort(port)
            .setSsl(tls)
            .setURI(url.getRawQuery() == null ? path : path + '?' + url.getRawQuery())
            .setConnectTimeout(left);
    sign(request, job, body, rules);
    HttpClientRequest[] sent = new HttpClientRequest[1];
    return client
        .request(request)
        .compose(
            open -> {
              sent[0] = open;
              run.onAbort(() -> open.reset(8));
              return open.send(body);
            })
        .timeout(left, TimeUnit.MILLISECONDS)
        .map(answer -> reading(job, answer))
        // Nobody reads what it says: its status was all.
        .onComplete(
            done -> {
              if (sent[0] != null) {
                sent[0].reset(8);
              }
            });
  }

  /** What happened is in the job already; where to ask about it is not. */
  private Buffer body(Delivery job) {
    JsonObject json = new JsonObject(job.call().body());
    JsonObject data = json.getJsonObject("data");
    data.put("links", JobJson.links(data.getString("id"), options.get().prefix()));
    return json.toBuffer();
  }

  private static void sign(
      RequestOptions request, Delivery job, Buffer body, CallbackOptions rules) {
    // One name for all attempts at one end: a full stop would be taken for the end of the name.
    String id = job.key().replace('/', '_').replace('.', '_');
    long now = Instant.now().getEpochSecond();
    request.putHeader("content-type", "application/json");
    request.putHeader("user-agent", "tidegate");
    request.putHeader("webhook-id", id);
    request.putHeader("webhook-timestamp", Long.toString(now));
    if (!rules.secrets().isEmpty()) {
      request.putHeader("webhook-signature", Signature.of(rules.secrets(), id, now, body));
    }
  }

  private static Outcome reading(Delivery job, HttpClientResponse answer) {
    int status = answer.statusCode();
    if (status >= 200 && status < 300) {
      return new Outcome.Succeeded(new JobResult(status, JobHeaders.NONE, Buffer.buffer()));
    }
    if (status == 410) {
      JobError gone = new JobError("callback_gone", status, "nobody wants to be told any more");
      return new Outcome.Failed(gone, Optional.empty());
    }
    Duration asked = Ends.retryAfter(answer.headers()).orElse(Duration.ZERO);
    return later(job, "status", status, "the answer was " + status, asked);
  }

  private static Outcome later(
      Delivery job, String type, int status, String message, Duration asked) {
    Duration usual = WAITS.get(Math.min(job.attempt(), WAITS.size()) - 1);
    return new Outcome.Retry(
        new JobError(type, status, message),
        Optional.empty(),
        Optional.of(asked.compareTo(usual) > 0 ? asked : usual));
  }

  private static void told(Delivery job, Outcome outcome) {
    LOG.atInfo()
        .addKeyValue("event", "callback")
        .addKeyValue("job", job.id().toString())
        .addKeyValue("attempt", job.attempt())
        .addKeyValue("outcome", outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT))
        .log("callback {} {}", job.key(), outcome.getClass().getSimpleName());
  }
}
