package io.tidegate.cache;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.Fetched;
import io.tidegate.cache.api.Fill;
import io.tidegate.cache.api.Flight;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.Rendition;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway in miniature: uses the cache as a request's path does, in front of a scripted origin.
 */
public final class Gate {
  /** What the origin answers; a chunk at a time, whenever it is told to go on. */
  public interface Origin {
    /** Fails when there is no head. */
    Future<Head> call(MultiMap request);
  }

  /** A head, and what comes after it. */
  public record Head(int status, MultiMap headers, List<Buffer> body, Future<Boolean> end) {
    /** An answer that is there at once. */
    public static Head of(int status, String body, String... headers) {
      MultiMap fields = MultiMap.caseInsensitiveMultiMap();
      for (int i = 0; i < headers.length; i += 2) {
        fields.add(headers[i], headers[i + 1]);
      }
      return new Head(status, fields, List.of(Buffer.buffer(body)), Future.succeededFuture(true));
    }
  }

  /**
   * What a client sees.
   *
   * @param how the verdict, by its simple name, or what came of a call
   */
  public record Seen(int status, String body, String how) {}

  public final AtomicInteger calls = new AtomicInteger();
  private final Vertx vertx;
  private final ResponseCache cache;
  private final CachePolicy policy;
  private volatile Origin origin;

  public Gate(Vertx vertx, ResponseCache cache, CachePolicy policy, Origin origin) {
    this.vertx = vertx;
    this.cache = cache;
    this.policy = policy;
    this.origin = origin;
  }

  public void origin(Origin next) {
    origin = next;
  }

  /** A query for a path, with request fields. */
  public CacheQuery query(String method, String path, String... headers) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      fields.add(headers[i], headers[i + 1]);
    }
    return new CacheQuery(policy, method, "https", "example.org", path, null, fields, false);
  }

  /** A request on an event loop of its own. */
  public Future<Seen> get(String path, String... headers) {
    return send(query("GET", path, headers));
  }

  /** Sends on an event loop of its own. */
  public Future<Seen> send(CacheQuery query) {
    Promise<Seen> seen = Promise.promise();
    vertx
        .deployVerticle(
            () ->
                new io.vertx.core.VerticleBase() {
                  @Override
                  public Future<?> start() {
                    here(query).onComplete(seen);
                    return Future.succeededFuture();
                  }
                },
            new io.vertx.core.DeploymentOptions())
        .onFailure(seen::tryFail);
    return seen.future();
  }

  /** Sends on the event loop that this is called on. */
  public Future<Seen> here(CacheQuery query) {
    Verdict verdict = cache.lookup(query);
    return verdict instanceof Verdict.Ask
        ? cache.ask(query).compose(found -> act(query, found))
        : act(query, verdict);
  }

  private Future<Seen> act(CacheQuery query, Verdict verdict) {
    if (verdict instanceof Verdict.Serve serve) {
      if (serve.refresh()) {
        cache.refresh(query).onSuccess(lease -> lease.ifPresent(right -> fetch(query, right, "")));
      }
      return Future.succeededFuture(seen(serve));
    }
    if (verdict instanceof Verdict.Lead lead) {
      return fetch(query, lead.lease(), "Lead");
    }
    if (verdict instanceof Verdict.Pass pass) {
      return fetch(query, pass.lease(), "Pass " + pass.detail());
    }
    if (verdict instanceof Verdict.Follow follow) {
      return read(follow.flight(), follow.rendition(), "Follow");
    }
    if (verdict instanceof Verdict.Failed failed) {
      return Future.succeededFuture(new Seen(failed.failure().status(), "", "Failed"));
    }
    if (verdict instanceof Verdict.Unsatisfiable) {
      return Future.succeededFuture(new Seen(504, "", "Unsatisfiable"));
    }
    Verdict.Bypass bypass = (Verdict.Bypass) verdict;
    return call(query.headers())
        .map(
            head -> {
              cache.answered(query, head.status, head.headers);
              return new Seen(head.status, text(head), "Bypass " + bypass.detail());
            });
  }

  private static Seen seen(Verdict.Serve serve) {
    Rendition how = serve.rendition();
    StoredResponse stored = serve.stored();
    String body = stored.body().getString((int) how.offset(), (int) (how.offset() + how.length()));
    return new Seen(how.status(), body, "Serve " + serve.use() + " " + serve.tier());
  }

  private Future<Head> call(MultiMap request) {
    calls.incrementAndGet();
    return origin.call(request);
  }

  private Future<Seen> fetch(CacheQuery query, Lease lease, String how) {
    MultiMap outgoing = MultiMap.caseInsensitiveMultiMap().addAll(query.headers());
    lease.prepare(outgoing);
    return call(outgoing)
        .transform(
            called -> called.succeeded() ? took(query, lease, called.result(), how) : not(lease));
  }

  private static Future<Seen> not(Lease lease) {
    Optional<Verdict.Serve> stale = lease.failed(new FetchFailure("connect", 502, "refused", 0));
    return Future.succeededFuture(
        stale.map(Gate::seen).orElseGet(() -> new Seen(502, "", "Lead failed")));
  }

  private Future<Seen> took(CacheQuery query, Lease lease, Head head, String how) {
    String length = head.headers.get(HttpHeaders.CONTENT_LENGTH);
    long now = System.currentTimeMillis();
    Fetched fetched =
        lease.head(
            head.status, head.headers, length == null ? -1 : Long.parseLong(length), now, now);
    if (fetched instanceof Fetched.Storing storing) {
      pour(head, storing.fill());
      return read(storing.flight(), storing.rendition(), how);
    }
    if (fetched instanceof Fetched.Revalidated revalidated) {
      return Future.succeededFuture(seen(revalidated.serve()));
    }
    if (fetched instanceof Fetched.Stale stale) {
      return Future.succeededFuture(seen(stale.serve()));
    }
    if (fetched instanceof Fetched.Again again) {
      return fetch(query, again.lease(), how + " Again");
    }
    return Future.succeededFuture(
        new Seen(head.status, text(head), how + " " + ((Fetched.NotStored) fetched).reason()));
  }

  private static String text(Head head) {
    Buffer all = Buffer.buffer();
    head.body.forEach(all::appendBuffer);
    return all.toString();
  }

  private static void pour(Head head, Fill fill) {
    fill.from(
        new Fill.Source() {
          @Override
          public void resume() {}

          @Override
          public void cancel() {}
        });
    head.body.forEach(fill::chunk);
    head.end.onComplete(
        ended -> {
          if (ended.succeeded() && ended.result()) {
            fill.end();
          } else {
            fill.abort();
          }
        });
  }

  /** Reads a flight to its end. */
  private static Future<Seen> read(Flight flight, Rendition rendition, String how) {
    Promise<Seen> seen = Promise.promise();
    Buffer all = Buffer.buffer();
    Flight.Sink sink =
        new Flight.Sink() {
          @Override
          public void chunk(Buffer chunk) {
            all.appendBuffer(chunk);
          }

          @Override
          public void end() {
            seen.complete(new Seen(rendition.status(), all.toString(), how));
          }

          @Override
          public void broken() {
            seen.complete(new Seen(rendition.status(), all.toString(), how + " broken"));
          }
        };
    flight.read(sink, 10_000);
    return seen.future();
  }
}
