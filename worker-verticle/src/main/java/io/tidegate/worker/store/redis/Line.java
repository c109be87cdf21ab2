package io.tidegate.worker.store.redis;

import io.tidegate.worker.store.StoreUnavailable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that comes back. Commands follow each other without waiting, each with a deadline.
 * Answers come in order, so what is late makes all behind it late: then the connection is given up.
 * A new one is tried for after a pause that doubles up to a second; until it stands, commands fail
 * at once.
 *
 * <p>Used on one context.
 */
final class Line {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);
  private static final int MOST_IN_FLIGHT = 8192;

  /** A process that starts is slow, and has nothing else to fall back upon. */
  private static final long FIRST_MILLIS = 10_000;

  /** How answers begin after which a connection is of no use. */
  private static final List<String> USELESS =
      List.of("READONLY", "LOADING", "MASTERDOWN", "CONNECTION_CLOSED");

  private static final long FIRST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 1000;

  /** One command on its way. */
  private static final class Call {
    final long deadlineNanos;
    final Promise<Response> promise = Promise.promise();
    boolean done;

    Call(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }
  }

  private final Vertx vertx;
  private final String name;
  private final RedisOptions server;
  private final Duration timeout;
  private final Function<RedisConnection, Future<?>> greeting;
  private final Deque<Call> inFlight = new ArrayDeque<>();
  private Redis client;
  private RedisConnection connection;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private long alarm = -1;
  private long reconnect = -1;
  private boolean closed;
  private volatile String down = "not connected yet";

  /**
   * @param name for the log
   * @param greeting what is said first on each new connection; it is used if that succeeds
   */
  Line(
      Vertx vertx,
      String name,
      RedisOptions server,
      Duration timeout,
      Function<RedisConnection, Future<?>> greeting) {
    this.vertx = vertx;
    this.name = name;
    this.server = prepared(server, timeout);
    this.timeout = timeout;
    this.greeting = greeting;
  }

  private static RedisOptions prepared(RedisOptions server, Duration timeout) {
    NetClientOptions net =
        new NetClientOptions(server.getNetClientOptions())
            .setConnectTimeout((int) timeout.toMillis())
            .setTcpKeepAlive(true);
    RedisOptions options =
        new RedisOptions(server)
            .setNetClientOptions(net)
            .setMaxWaitingHandlers(2 * MOST_IN_FLIGHT)
            .setPoolCleanerInterval(-1); // It would take an idle connection away.
    return server.getType() == RedisClientType.CLUSTER ? options : options.setMaxPoolSize(1);
  }

  /** Connects for the first time; when that fails, it is not tried again. */
  Future<Void> open() {
    return connect(Math.max(FIRST_MILLIS, 2 * timeout.toMillis()))
        .onFailure(failure -> close("cannot be reached"))
        .recover(failure -> Future.failedFuture(unavailable(failure.getMessage(), failure)));
  }

  private Future<Void> connect(long millis) {
    Redis attempt = Redis.createClient(vertx, server);
    client = attempt;
    return attempt
        .connect()
        .compose(made -> greeting.apply(made).map(made))
        .timeout(millis, TimeUnit.MILLISECONDS)
        .compose(
            made -> {
              if (client != attempt) {
                return Future.failedFuture("given up");
              }
              stands(made);
              return Future.succeededFuture();
            });
  }

  private void stands(RedisConnection made) {
    connection = made;
    down = null;
    made.endHandler(ended -> lost(made, "the connection ended"));
    made.exceptionHandler(failure -> lost(made, String.valueOf(failure.getMessage())));
  }

  private void lost(RedisConnection which, String why) {
    if (connection == which) {
      drop(why);
    }
  }

  /** Why it is of no use at the moment; any thread may ask. */
  Optional<String> trouble() {
    return Optional.ofNullable(down);
  }

  /** Sends a command. Fails with {@link StoreUnavailable}, or with what Redis says. */
  Future<Response> send(Request request) {
    if (connection == null) {
      return Future.failedFuture(unavailable(down, null));
    }
    if (inFlight.size() >= MOST_IN_FLIGHT) {
      return Future.failedFuture(unavailable("too many commands are under way", null));
    }
    Call call = new Call(System.nanoTime() + timeout.toNanos());
    inFlight.add(call);
    connection.send(request).onComplete(reply -> answered(call, reply.result(), reply.cause()));
    if (alarm < 0) {
      alarm = vertx.setTimer(timeout.toMillis(), fired -> expire());
    }
    return call.promise.future();
  }

  private void answered(Call call, Response reply, Throwable failure) {
    if (call.done) {
      return; // It was late, and has been given up.
    }
    call.done = true;
    while (!inFlight.isEmpty() && inFlight.peek().done) {
      inFlight.poll();
    }
    if (failure == null) {
      pauseMillis = FIRST_PAUSE_MILLIS;
      call.promise.complete(reply);
      return;
    }
    String said = String.valueOf(failure.getMessage());
    call.promise.fail(failure);
    // Another server is the master now, or this one is not ready yet, or its end was not told yet.
    if (USELESS.stream().anyMatch(said::startsWith)) {
      drop(said);
    }
  }

  private void expire() {
    alarm = -1;
    Call oldest = inFlight.peek();
    if (oldest == null) {
      return;
    }
    long left = oldest.deadlineNanos - System.nanoTime();
    if (left <= 0) {
      drop("no answer within " + timeout.toMillis() + " ms");
    } else {
      alarm = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(left) + 1, fired -> expire());
    }
  }

  /** Gives up the connection, and all that is under way on it. */
  private void drop(String why) {
    boolean stood = connection != null;
    shut(why);
    if (closed || reconnect >= 0) {
      return;
    }
    if (stood) {
      LOG.warn("jobs: connection for {} to Redis lost: {}", name, why);
    }
    // Half of it by chance: nodes that lost Redis together do not come back together.
    long pause = pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2 + 1);
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
    reconnect = vertx.setTimer(Math.max(1, pause), fired -> again());
  }

  private void again() {
    reconnect = -1;
    connect(2 * timeout.toMillis())
        .onSuccess(any -> LOG.info("jobs: connection for {} to Redis stands again", name))
        .onFailure(failure -> drop(String.valueOf(failure.getMessage())));
  }

  private void shut(String why) {
    down = why;
    Redis leaving = client;
    client = null;
    connection = null;
    if (alarm >= 0) {
      vertx.cancelTimer(alarm);
      alarm = -1;
    }
    if (leaving != null) {
      leaving.close();
    }
    StoreUnavailable cause = unavailable(why, null);
    Call call;
    while ((call = inFlight.poll()) != null) {
      if (!call.done) {
        call.done = true;
        call.promise.fail(cause);
      }
    }
  }

  private static StoreUnavailable unavailable(String why, Throwable cause) {
    return new StoreUnavailable("redis: " + why, cause);
  }

  void close() {
    close("closed");
  }

  private void close(String why) {
    closed = true;
    if (reconnect >= 0) {
      vertx.cancelTimer(reconnect);
      reconnect = -1;
    }
    shut(why);
  }
}
