package io.tidegate.cache.redis;

import io.tidegate.cache.CacheOptions.RedisTier;
import io.tidegate.metrics.api.CacheMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis on which commands follow each other without waiting, each with a
 * deadline. Replies come in order, so what is late makes all behind it late: then the connection is
 * dropped, and a new one tried after a pause that doubles. Until then nothing is sent, which is the
 * breaker: a frozen Redis costs one deadline, not one per request.
 *
 * <p>Used on one event loop.
 */
final class RedisLink {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  private static final int MOST_IN_FLIGHT = 4096;
  private static final long MOST_BYTES = 16 << 20;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /** One command on its way. */
  private static final class Call {
    final String name;
    final int bytes;
    final long sentNanos = System.nanoTime();
    final Promise<Response> promise = Promise.promise();
    boolean done;

    Call(String name, int bytes) {
      this.name = name;
      this.bytes = bytes;
    }
  }

  private final Vertx vertx;
  private final RedisTier options;
  private final CacheMeters meters;
  private final Runnable up;
  private final Runnable down;
  private final long deadlineNanos;
  private final Deque<Call> inFlight = new ArrayDeque<>();
  private Redis client;
  private RedisConnection connection;
  private long bytesInFlight;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private long pulse = -1;
  private long reconnect = -1;
  private boolean away;
  private boolean closed;

  /**
   * @param up called whenever a connection stands
   * @param down called whenever it is gone
   */
  RedisLink(Vertx vertx, RedisTier options, CacheMeters meters, Runnable up, Runnable down) {
    this.vertx = vertx;
    this.options = options;
    this.meters = meters;
    this.up = up;
    this.down = down;
    this.deadlineNanos = options.timeout().toNanos();
  }

  void open() {
    reconnect = -1;
    if (closed) {
      return;
    }
    Redis attempt =
        Redis.createClient(
            vertx, new RedisOptions(options.server()).setMaxPoolSize(1).setMaxPoolWaiting(4));
    client = attempt;
    attempt
        .connect()
        .compose(made -> made.send(Request.cmd(Command.PING)).map(made))
        .timeout(Math.max(1000, 2 * options.timeout().toMillis()), TimeUnit.MILLISECONDS)
        .onComplete(
            made -> {
              if (client == attempt && made.succeeded()) {
                stands(made.result());
              } else if (client == attempt) {
                drop();
              }
            });
  }

  private void stands(RedisConnection made) {
    connection = made;
    if (away) {
      away = false;
      LOG.info("stores.redis: the cache is connected again");
    }
    made.endHandler(ended -> lost(made));
    made.exceptionHandler(failure -> lost(made));
    up.run();
  }

  private void lost(RedisConnection which) {
    if (connection == which) {
      drop();
    }
  }

  boolean isUp() {
    return connection != null;
  }

  /**
   * Sends a command. Fails with {@link RedisAway}, or with what Redis says.
   *
   * @param name as it is counted
   * @param bytes that it holds, about
   */
  Future<Response> send(String name, Request request, int bytes) {
    if (connection == null
        || inFlight.size() >= MOST_IN_FLIGHT
        || bytesInFlight + bytes > MOST_BYTES) {
      meters.redis(name, "skipped", 0);
      return Future.failedFuture(new RedisAway("skipped"));
    }
    Call call = new Call(name, bytes);
    inFlight.add(call);
    bytesInFlight += bytes;
    connection.send(request).onComplete(reply -> answered(call, reply.result(), reply.cause()));
    if (pulse < 0) {
      long every = Math.max(2, options.timeout().toMillis() / 5);
      pulse = vertx.setPeriodic(every, fired -> expire());
    }
    return call.promise.future();
  }

  private void answered(Call call, Response reply, Throwable failure) {
    if (call.done) {
      return; // It was late, and has been given up.
    }
    if (failure == null) {
      pauseMillis = FIRST_PAUSE_MILLIS;
      end(call, "ok");
      call.promise.complete(reply);
    } else {
      end(call, "error");
      call.promise.fail(failure);
    }
    while (!inFlight.isEmpty() && inFlight.peek().done) {
      inFlight.poll();
    }
  }

  private void end(Call call, String outcome) {
    call.done = true;
    bytesInFlight -= call.bytes;
    meters.redis(call.name, outcome, System.nanoTime() - call.sentNanos);
  }

  private void expire() {
    Call oldest = inFlight.peek();
    if (oldest == null) {
      stopPulse();
    } else if (System.nanoTime() - oldest.sentNanos > deadlineNanos) {
      drop();
    }
  }

  private void stopPulse() {
    vertx.cancelTimer(pulse);
    pulse = -1;
  }

  /** Gives up the connection, and all that is under way on it. */
  private void drop() {
    if (!away && !closed) {
      away = true; // Said once: it may stay away for long.
      LOG.warn("stores.redis: out of reach or too slow for the cache, which goes on without it");
    }
    shut();
    if (!closed && reconnect < 0) {
      // Half of it by chance: nodes that lost Redis together do not come back together.
      long pause = pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2 + 1);
      pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      reconnect = vertx.setTimer(Math.max(1, pause), fired -> open());
    }
  }

  private void shut() {
    Redis leaving = client;
    client = null;
    connection = null;
    down.run();
    if (pulse >= 0) {
      stopPulse();
    }
    if (leaving != null) {
      leaving.close();
    }
    Call call;
    while ((call = inFlight.poll()) != null) {
      if (!call.done) {
        end(call, "timeout");
        call.promise.fail(new RedisAway("timeout"));
      }
    }
  }

  void close() {
    closed = true;
    if (reconnect >= 0) {
      vertx.cancelTimer(reconnect);
    }
    shut();
  }
}
