package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.store.StoreUnavailable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A few threads that read, each with a connection of its own. They see what is committed. */
final class Readers {
  private static final int THREADS = 2;
  private static final int WAITING = 10_000;

  /** What a read works with. */
  static final class Reading {
    final Sql sql;
    final Names names = new Names();

    Reading(Sql sql) {
      this.sql = sql;
    }
  }

  /** One read. */
  interface Read<T> {
    T run(Reading reading) throws SQLException;
  }

  private final Vertx vertx;
  private final AtomicInteger made = new AtomicInteger();
  private final ConcurrentLinkedQueue<Reading> free = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING),
          task -> {
            Thread thread = new Thread(task, "tidegate-jobs-reader-" + made.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  Readers(Vertx vertx) {
    this.vertx = vertx;
  }

  void open(Path file) throws SQLException {
    for (int i = 0; i < THREADS; i++) {
      free.add(new Reading(Schema.reader(file)));
    }
  }

  <T> Future<T> submit(Read<T> read) {
    Context context = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    try {
      threads.execute(() -> run(read, context, promise));
    } catch (RejectedExecutionException tooMany) {
      return Future.failedFuture(new StoreUnavailable("the store is overloaded or closed", null));
    }
    return promise.future();
  }

  private <T> void run(Read<T> read, Context context, Promise<T> promise) {
    Reading reading = free.poll(); // There are as many as threads.
    try {
      T value = read.run(reading);
      context.runOnContext(any -> promise.complete(value));
    } catch (SQLException | RuntimeException failure) {
      context.runOnContext(any -> promise.fail(new StoreUnavailable("not read", failure)));
    } finally {
      free.add(reading);
    }
  }

  void close() throws SQLException, InterruptedException {
    threads.shutdown();
    threads.awaitTermination(30, TimeUnit.SECONDS);
    for (Reading reading : List.copyOf(free)) {
      reading.sql.close();
    }
    free.clear();
  }
}
