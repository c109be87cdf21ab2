package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.Fetched;
import io.tidegate.cache.api.Forward;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;

/**
 * One call to the origin under a lease. It is made in an exchange of its own, so that it can go on
 * for others when the client that caused it leaves; the client reads what is stored like those
 * others do.
 */
final class CacheFetch implements Cancellable {
  private static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("ratelimit");
  private static final CharSequence RATE_LIMIT_POLICY =
      HttpHeaders.createOptimized("ratelimit-policy");

  private final CacheStep step;
  private final Exchange exchange;
  private final CacheQuery query;
  private final Forward why;
  private final String detail;
  private final boolean background;
  private final Promise<Reply> promise = Promise.promise();
  private final long startedNanos = System.nanoTime();
  private Lease lease;
  private Exchange call;
  private long sentMillis;
  private boolean headed;

  private CacheFetch(
      CacheStep step,
      Exchange exchange,
      CacheQuery query,
      Lease lease,
      Forward why,
      String detail,
      boolean background) {
    this.step = step;
    this.exchange = exchange;
    this.query = query;
    this.lease = lease;
    this.why = why;
    this.detail = detail;
    this.background = background;
  }

  /** For the client of {@code exchange}. */
  static Future<Reply> forClient(
      CacheStep step,
      Exchange exchange,
      CacheQuery query,
      Lease lease,
      Forward why,
      String detail) {
    var fetch = new CacheFetch(step, exchange, query, lease, why, detail, false);
    exchange.begin(fetch);
    if (!fetch.headed) {
      fetch.send();
    }
    return fetch.promise.future();
  }

  /** For nobody, after {@code exchange} was answered with what is stale; completes when over. */
  static Future<?> inBackground(CacheStep step, Exchange exchange, CacheQuery query, Lease lease) {
    var fetch = new CacheFetch(step, exchange, query, lease, Forward.STALE, null, true);
    fetch.send();
    return fetch.promise.future();
  }

  private void send() {
    Exchange.Head head = exchange.head();
    MultiMap headers = HttpHeaders.headers().addAll(head.headers());
    lease.prepare(headers);
    call =
        exchange.detach(
            new Exchange.Head(
                background ? HttpMethod.GET : head.method(),
                head.scheme(),
                head.host(),
                head.path(),
                head.query(),
                headers,
                head.forwarding()),
            !background);
    if (background) {
      call.restartDeadline();
    }
    sentMillis = System.currentTimeMillis();
    try {
      step.calls().apply(call).onComplete(this::replied, this::mistaken);
    } catch (RuntimeException e) {
      mistaken(e);
    }
  }

  /** The client has left: the call is for those who wait as well, if any do. */
  @Override
  public void cancel() {
    if (headed) {
      return;
    }
    if (call == null || !lease.isAwaited()) {
      headed = true;
      lease.abandon();
      if (call != null) {
        call.cancel();
      }
      promise.tryComplete(Reply.Failed.of(Failure.CLIENT_CLOSED, "before the answer"));
    }
  }

  private void mistaken(Throwable mistake) {
    headed = true;
    exchange.end(this);
    lease.abandon();
    promise.tryFail(mistake);
  }

  private void replied(Reply reply) {
    if (headed) {
      reply.discard();
      return;
    }
    if (!background) {
      exchange.adopt(call);
    }
    if (reply instanceof Reply.Proxied answer) {
      answered(answer);
    } else {
      complete(withoutAnswer(reply));
    }
  }

  private void complete(Reply reply) {
    headed = true;
    exchange.end(this);
    if (background) {
      reply.discard();
    }
    promise.tryComplete(reply);
  }

  private void answered(Reply.Proxied answer) {
    MultiMap fields = HttpHeaders.headers();
    Hop.copyResponse(answer.headers(), fields);
    // They tell one client of its own quota.
    fields.remove(RATE_LIMIT).remove(RATE_LIMIT_POLICY);
    long now = System.currentTimeMillis();
    int status = answer.status();
    Fetched fetched = lease.head(status, fields, answer.length(), sentMillis, now);
    if (fetched instanceof Fetched.Storing storing) {
      store(answer, storing, now);
    } else if (fetched instanceof Fetched.Revalidated validated) {
      answer.discard();
      complete(served(validated.serve(), status));
    } else if (fetched instanceof Fetched.Stale stale) {
      answer.discard();
      exchange.journal().attemptFailed(Failure.UPSTREAM_ERROR, "status " + status);
      complete(served(stale.serve(), status));
    } else if (fetched instanceof Fetched.Again again) {
      answer.discard();
      lease = again.lease();
      send();
    } else if (fetched instanceof Fetched.NotStored not) {
      handOn(answer, not.reason());
    } else {
      throw new AssertionError("unhandled: " + fetched);
    }
  }

  private void store(Reply.Proxied answer, Fetched.Storing storing, long now) {
    var filling = new Filling(answer, storing.fill(), step.meters(), startedNanos);
    if (background) {
      headed = true;
      promise.tryComplete(answer);
    } else {
      StoredResponse head = storing.flight().head();
      exchange.cacheStatus(CacheStatus.stored(why, head.lifetimeSeconds() - head.ageSeconds(now)));
      var reply =
          new FlightReply(
              storing.flight(),
              storing.rendition(),
              RequestFacts.Source.UPSTREAM,
              isHead(),
              exchange.idleMillis());
      String age = answer.headers().get(HttpHeaders.AGE);
      if (age != null) {
        // Another cache answered; its word on the age is passed on.
        reply.headers().set(HttpHeaders.AGE, Long.toString(head.ageSeconds(now)));
      }
      // The client's reader first: what comes in the same packet as the head is for it too.
      complete(reply);
    }
    filling.begin();
  }

  private void handOn(Reply.Proxied answer, String reason) {
    if (!background) {
      exchange.cacheStatus(CacheStatus.forwarded(why, reason.isEmpty() ? detail : reason));
    }
    complete(answer);
    if (!background) {
      exchange.begin(call::cancel);
    }
  }

  private boolean isHead() {
    return exchange.head().method() == HttpMethod.HEAD;
  }

  /** No answer of the origin: something of ours in its place. */
  private Reply withoutAnswer(Reply reply) {
    if (reply.status() < 500 || (call.isCancelled() && exchange.isCancelled())) {
      lease.abandon();
      return reply;
    }
    FetchFailure failure =
        reply instanceof Reply.Failed failed
            ? new FetchFailure(
                failed.failure().name(),
                failed.status(),
                failed.detail(),
                failed.retryAfterMillis())
            : new FetchFailure(Failure.UPSTREAM_ERROR.name(), reply.status(), "", 0);
    Optional<Verdict.Serve> stale = lease.failed(failure);
    if (stale.isEmpty()) {
      exchange.cacheStatus(CacheStatus.forwarded(why, detail));
      return reply;
    }
    exchange.journal().attemptFailed(Failure.valueOf(failure.name()), "status " + failure.status());
    return served(stale.get(), 0);
  }

  private Reply served(Verdict.Serve serve, int upstreamStatus) {
    return background
        ? step.stored(serve)
        : step.served(exchange, query, serve, CacheStatus.validated(why, upstreamStatus, serve));
  }
}
