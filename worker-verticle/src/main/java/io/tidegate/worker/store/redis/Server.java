package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.StoreUnavailable;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis server with the three connections to it, and what it promises. Everything happens on one
 * context; whoever asks gets his answer on his own.
 */
final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  final Names names;
  private final Vertx vertx;
  private final Context home;
  private final StoreOptions.Redis options;
  private final Line asking;
  private final Line committing;
  private final Line hearing;
  private final Questions questions;
  private final Commits commits;
  private volatile boolean closed;
  private volatile Safety safety;
  private volatile String worse;

  Server(
      StoreOptions.Redis options,
      JobMeters meters,
      Optional<InstantSource> clock,
      Hints.Listeners listeners) {
    this.vertx = loop();
    this.home = vertx.getOrCreateContext();
    this.options = options;
    this.names = new Names(options.prefix(), clock);
    Hints hints = new Hints(names, home, listeners);
    this.asking = line(vertx, "questions", this::teach);
    this.committing = line(vertx, "commits", this::teachAndJudge);
    this.hearing = line(vertx, "hints", hints::subscribe);
    this.questions = new Questions(asking, names, hints);
    this.commits = new Commits(committing, names, hints, home, meters, options.timeout());
    hints.sender(questions::send);
  }

  /**
   * An event loop of its own: leases have to be renewed however long whatever runs on the others
   * holds them up, or a busy node looks like a dead one.
   */
  private static Vertx loop() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private Line line(Vertx vertx, String name, Function<RedisConnection, Future<?>> greeting) {
    Duration timeout = options.timeout();
    return new Line(vertx, name, options.server(), timeout, greeting);
  }

  /** Hands the scripts over, so that digests will do. */
  private Future<?> teach(RedisConnection connection) {
    List<Future<?>> all = new ArrayList<>();
    for (Script script : Script.values()) {
      all.add(connection.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.text())));
    }
    return Future.all(all);
  }

  private Future<?> teachAndJudge(RedisConnection connection) {
    return Safety.of(connection, options)
        .onSuccess(this::judged)
        .onFailure(failure -> LOG.error("jobs: {}", failure.getMessage()))
        .compose(any -> teach(connection));
  }

  private void judged(Safety now) {
    worse = safety == null ? null : now.worseThan(safety).orElse(null);
    safety = now;
    commits.barrier(now.barrier());
  }

  Future<Void> open() {
    return this.<Void>at(
            () ->
                committing
                    .open()
                    .compose(any -> Future.all(asking.open(), hearing.open()))
                    .mapEmpty())
        .recover(failure -> close().transform(any -> Future.failedFuture(failure)));
  }

  Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    Future<Void> shut =
        at(
            () -> {
              committing.close();
              asking.close();
              hearing.close();
              return Future.succeededFuture();
            });
    closed = true;
    return shut.eventually(vertx::close);
  }

  Durability durability() {
    Safety known = safety;
    return known == null ? options.durability() : known.durability();
  }

  Optional<String> trouble() {
    Optional<String> down = committing.trouble().or(asking::trouble);
    return down.or(() -> Optional.ofNullable(worse)).map(why -> "store: redis: " + why);
  }

  /** A step that is answered when it is made. To be called on home. */
  Future<Object> ask(Script script, String queue, Pack about) {
    return questions.ask(script, queue, about.buffer());
  }

  /** A step that is answered when it is durable. To be called on home. */
  Future<Object> commit(Script script, String queue, Pack about) {
    return commits.alone(script, queue, about.buffer());
  }

  /** One of many steps of its kind, answered when it is durable. To be called on home. */
  Future<Object> join(Script script, String queue, Buffer item) {
    return commits.one(script, queue, item);
  }

  /** To be called on home. */
  Future<Response> send(Request request) {
    return questions.send(request);
  }

  /** Does something at home, and answers on the caller's context. */
  <T> Future<T> at(Supplier<Future<T>> work) {
    if (closed) {
      return Future.failedFuture(new StoreUnavailable("redis: closed", null));
    }
    // A hop there and one back: see loop().
    Context caller = Vertx.currentContext();
    Promise<T> answer = Promise.promise();
    home.runOnContext(
        here ->
            Future.succeededFuture()
                .compose(any -> work.get())
                .recover(Questions::unavailable)
                .onComplete(done -> answer(caller, answer, done)));
    return answer.future();
  }

  static <T> void answer(Context caller, Promise<T> answer, AsyncResult<T> done) {
    if (caller == null) {
      answer.handle(done);
    } else {
      caller.runOnContext(back -> answer.handle(done));
    }
  }
}
