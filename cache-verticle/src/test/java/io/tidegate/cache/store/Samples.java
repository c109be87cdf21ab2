package io.tidegate.cache.store;

import io.tidegate.cache.Counts;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Fetched;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.Fill;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Responses and requests to try things with. */
final class Samples {
  static final String SITE = "https://example.org";

  private Samples() {}

  static StoredResponse response(String path, Buffer body, String... tags) {
    long now = System.currentTimeMillis();
    return new StoredResponse(
        "GET " + SITE + path,
        200,
        Fields.of("Content-Type", "text/plain", "Cache-Control", "max-age=600", "Date", "x"),
        body,
        now,
        now,
        0,
        600,
        List.of(),
        "",
        List.of(tags),
        0,
        false);
  }

  static StoredResponse varying(String path, String name, String variant) {
    StoredResponse it = response(path, Buffer.buffer("x"));
    return new StoredResponse(
        it.key(),
        it.status(),
        it.headers(),
        it.body(),
        it.requestMillis(),
        it.responseMillis(),
        0,
        600,
        List.of(name),
        variant,
        List.of(),
        0,
        false);
  }

  static Entry entry(StoredResponse response) {
    return Entry.of(response, CachePolicy.DEFAULTS);
  }

  static CacheQuery query(String path) {
    return new CacheQuery(
        CachePolicy.DEFAULTS,
        "GET",
        "https",
        "example.org",
        path,
        null,
        MultiMap.caseInsensitiveMultiMap(),
        false);
  }

  static Front front(Vertx vertx, Context context, Parts.Limits limits) {
    var purges = new Purges();
    return new Front(
        new Parts(
            vertx,
            context,
            new Memory(8 << 20, purges, System::currentTimeMillis, new Counts()),
            purges,
            SharedTier.NONE,
            new FillBudget(1 << 20),
            System::currentTimeMillis,
            limits));
  }

  /** What it gives on that event loop. */
  static <T> T on(Context loop, Callable<T> act) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(
        any -> {
          try {
            done.complete(act.call());
          } catch (Exception failure) {
            done.fail(failure);
          }
        });
    return done.future().await(10, TimeUnit.SECONDS);
  }

  /** Tells of an answer. */
  static Fetched head(Lease lease, int status, String control) {
    long now = System.currentTimeMillis();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Cache-Control", control);
    return lease.head(status, headers, -1, now, now);
  }

  /** Begins to answer with what may be stored. */
  static Fill fill(Lease lease) {
    Fill fill = ((Fetched.Storing) head(lease, 200, "max-age=60")).fill();
    fill.from(
        new Fill.Source() {
          @Override
          public void resume() {}

          @Override
          public void cancel() {}
        });
    return fill;
  }
}
