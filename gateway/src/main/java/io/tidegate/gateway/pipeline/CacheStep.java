package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.Forward;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Journal;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.tidegate.metrics.api.RequestFacts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers from what is remembered, and lets answers be remembered (RFC 9111). What is in memory is
 * answered at once; else those who ask for the same wait for one call.
 */
final class CacheStep implements Step<Exchange> {
  private static final Logger LOG = LoggerFactory.getLogger(CacheStep.class);

  /** Refreshes in the background at once, for one route on one event loop. */
  private static final int REFRESHES = 64;

  private final ResponseCache cache;
  private final CachePolicy policy;
  private final CacheRouteMeters meters;
  private final TimerWheel wheel;
  private final Origin origin;
  private int refreshing;

  /**
   * Where answers come from.
   *
   * @param calls the rest of the pipeline
   * @param resting whether calls would be refused now, since the breaker is open
   * @param seesHost whether the upstream is told the client's Host
   */
  record Origin(Step<Exchange> calls, BooleanSupplier resting, boolean seesHost) {}

  CacheStep(
      ResponseCache cache,
      CachePolicy policy,
      CacheRouteMeters meters,
      TimerWheel wheel,
      Origin origin) {
    this.cache = cache;
    this.policy = policy;
    this.meters = meters;
    this.wheel = wheel;
    this.origin = origin;
  }

  Step<Exchange> calls() {
    return origin.calls();
  }

  CacheRouteMeters meters() {
    return meters;
  }

  @Override
  public Future<Reply> apply(Exchange exchange) {
    if (exchange.isUpgrade()) {
      return calls().apply(exchange);
    }
    CacheQuery query = query(exchange);
    if (!query.isSafe()) {
      return unsafe(exchange, query);
    }
    String detour = CacheKeying.detour(exchange);
    if (detour != null) {
      return pass(exchange, Forward.BYPASS, detour);
    }
    Verdict verdict = cache.lookup(query);
    if (verdict instanceof Verdict.Serve serve) {
      return Future.succeededFuture(served(exchange, query, serve, CacheStatus.hit(serve)));
    }
    return verdict instanceof Verdict.Ask
        ? new Asking(exchange, query).start()
        : decided(exchange, query, verdict);
  }

  private CacheQuery query(Exchange exchange) {
    Exchange.Head head = exchange.head();
    return new CacheQuery(
        policy,
        head.method().name(),
        head.scheme(),
        CacheKeying.host(head, origin.seesHost()),
        head.path(),
        head.query(),
        head.headers(),
        origin.resting().getAsBoolean());
  }

  private Future<Reply> unsafe(Exchange exchange, CacheQuery query) {
    exchange.cacheStatus(CacheStatus.forwarded(Forward.METHOD, null));
    Future<Reply> called = calls().apply(exchange);
    if (exchange.head().method() == HttpMethod.OPTIONS) {
      return called;
    }
    return called.onSuccess(
        reply -> {
          if (reply instanceof Reply.Proxied answer) {
            cache.answered(query, answer.status(), answer.headers());
          }
        });
  }

  private Future<Reply> pass(Exchange exchange, Forward why, String detail) {
    meters.miss(why.token());
    exchange.cacheStatus(CacheStatus.forwarded(why, detail));
    return calls().apply(exchange);
  }

  private Future<Reply> decided(Exchange exchange, CacheQuery query, Verdict verdict) {
    if (verdict instanceof Verdict.Serve serve) {
      return Future.succeededFuture(served(exchange, query, serve, CacheStatus.hit(serve)));
    }
    if (verdict instanceof Verdict.Lead lead) {
      meters.miss(lead.why().token());
      return CacheFetch.forClient(this, exchange, query, lead.lease(), lead.why(), null);
    }
    if (verdict instanceof Verdict.Pass pass) {
      meters.miss(pass.why().token());
      return CacheFetch.forClient(this, exchange, query, pass.lease(), pass.why(), pass.detail());
    }
    if (verdict instanceof Verdict.Follow follow) {
      return Future.succeededFuture(followed(exchange, follow));
    }
    if (verdict instanceof Verdict.Bypass bypass) {
      return pass(exchange, bypass.why(), bypass.detail());
    }
    if (verdict instanceof Verdict.Failed failed) {
      meters.miss(failed.why().token());
      return Future.succeededFuture(failed(failed.failure()));
    }
    if (verdict instanceof Verdict.Unsatisfiable) {
      meters.miss(Forward.REQUEST.token());
      return Future.succeededFuture(Reply.Failed.unsent(Failure.NOT_REMEMBERED, "only-if-cached"));
    }
    throw new AssertionError("unhandled verdict: " + verdict);
  }

  private Reply followed(Exchange exchange, Verdict.Follow follow) {
    meters.miss(follow.why().token());
    meters.coalesced();
    exchange.cacheStatus(CacheStatus.collapsed(follow.why()));
    var reply =
        new FlightReply(
            follow.flight(),
            follow.rendition(),
            RequestFacts.Source.CACHE,
            exchange.head().method() == HttpMethod.HEAD,
            exchange.idleMillis());
    long age = follow.flight().head().ageSeconds(System.currentTimeMillis());
    reply.headers().set("Age", Long.toString(age));
    return reply;
  }

  private static Reply failed(FetchFailure failure) {
    Failure name =
        failure.name().equals(FetchFailure.ORIGIN_ERROR)
            ? Failure.UPSTREAM_ERROR
            : Failure.valueOf(failure.name());
    return new Reply.Failed(name, failure.detail(), failure.retryAfterMillis(), true);
  }

  Reply served(Exchange exchange, CacheQuery query, Verdict.Serve serve, String status) {
    meters.hit(CacheStatus.label(serve.tier()), CacheStatus.label(serve.use()));
    exchange.cacheStatus(status);
    if (serve.refresh()) {
      refresh(exchange, query);
    }
    return stored(serve);
  }

  Reply stored(Verdict.Serve serve) {
    StoredResponse stored = serve.stored();
    return new Reply.Stored(
        serve.rendition().status(),
        serve.rendition().headers(),
        stored.body(),
        (int) serve.rendition().offset(),
        (int) Math.max(0, serve.rendition().length()),
        serve.ageSeconds());
  }

  /**
   * What is remembered, however old, for when all else has failed; {@link Failure#NOT_REMEMBERED}
   * when there is nothing.
   */
  Future<Reply> stale(Exchange exchange) {
    CacheQuery query = query(exchange);
    Optional<Verdict.Serve> found =
        query.isSafe() && CacheKeying.detour(exchange) == null
            ? cache.stale(query)
            : Optional.empty();
    return Future.succeededFuture(
        found
            .map(serve -> served(exchange, query, serve, CacheStatus.hit(serve)))
            .orElseGet(() -> Reply.Failed.unsent(Failure.NOT_REMEMBERED, "")));
  }

  /** The client has its answer; a call of our own, with a time of its own, brings a new one. */
  private void refresh(Exchange exchange, CacheQuery query) {
    if (refreshing >= REFRESHES) {
      return;
    }
    refreshing++;
    var whole =
        new CacheQuery(
            policy,
            "GET",
            query.scheme(),
            query.host(),
            query.path(),
            query.query(),
            query.headers(),
            query.upstreamDown());
    cache
        .refresh(whole)
        .compose(
            lease ->
                lease.isEmpty()
                    ? Future.succeededFuture()
                    : CacheFetch.inBackground(this, exchange, whole, lease.get()))
        .onFailure(failure -> LOG.warn("a refresh in the background failed", failure))
        .onComplete(done -> refreshing--);
  }

  /** A request that waits for the verticle's word, as long as its deadline and its client allow. */
  private final class Asking implements Cancellable {
    private final Exchange exchange;
    private final CacheQuery query;
    private final Promise<Reply> promise = Promise.promise();
    private TimerWheel.Timeout deadline;
    private boolean over;

    Asking(Exchange exchange, CacheQuery query) {
      this.exchange = exchange;
      this.query = query;
    }

    Future<Reply> start() {
      exchange.journal().phase(Journal.Phase.WAITING);
      deadline = wheel.schedule(Math.max(1, exchange.remainingMillis()), this::late);
      exchange.begin(this);
      if (!over) {
        cache.ask(query).onComplete(this::told, this::lost);
      }
      return promise.future();
    }

    private void told(Verdict verdict) {
      if (over) {
        letGo(verdict);
      } else {
        finish();
        if (verdict instanceof Verdict.Serve serve && serve.tier() == Verdict.Tier.MEMORY) {
          meters.coalesced(); // It was not there before: another one's call has brought it.
        }
        decided(exchange, query, verdict).onComplete(promise);
      }
    }

    /** A cache that cannot be asked costs a hit, never an answer. */
    private void lost(Throwable cause) {
      if (!over) {
        LOG.warn("the cache did not answer: {}", cause.toString());
        finish();
        pass(exchange, Forward.BYPASS, "no answer").onComplete(promise);
      }
    }

    private void letGo(Verdict verdict) {
      if (verdict instanceof Verdict.Lead lead) {
        lead.lease().abandon();
      } else if (verdict instanceof Verdict.Pass pass) {
        pass.lease().abandon();
      }
    }

    private void finish() {
      over = true;
      deadline.cancel();
      exchange.end(this);
    }

    private void late() {
      if (!over) {
        finish();
        promise.complete(
            Reply.Failed.unsent(Failure.TOTAL_TIMEOUT, "while another call was under way"));
      }
    }

    @Override
    public void cancel() {
      if (!over) {
        finish();
        promise.complete(Reply.Failed.of(Failure.CLIENT_CLOSED, "waiting for another one's call"));
      }
    }
  }
}
