package io.tidegate.worker.store.sqlite;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.sqlite.Failpoints.Place;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The only thread that writes. Whatever waits when it is free becomes one commit; nobody waits for
 * others to come. Answers leave after the commit, on the contexts that asked.
 *
 * <p>A failed write or sync is the end: the system may have dropped what it could not write and
 * report success the next time, so nothing is tried twice on a disk that failed once. A full disk
 * is not a failure: new jobs are refused, and what was put in reserve is spent on the others.
 */
final class Writer {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final int WAITING = 65_536;
  private static final int BATCH = 512;
  private static final long IDLE_MILLIS = 200;

  /** Free pages of the file that are left for new jobs before any is given back. */
  private static final long SPARE_PAGES = 4096;

  /** One step of the writer: everything that it writes is in one commit, or nothing. */
  interface Step<T> {
    T run(Ledger ledger) throws SQLException;
  }

  /** What a step is about. */
  enum Kind {
    /** New jobs: durable before it is answered, refused when the disk is full. */
    ADMISSION,
    /** Durable before it is answered. */
    DURABLE,
    /** May be lost with the power: no sync is made for it. */
    SOFT
  }

  private record Waiting<T>(Step<T> step, Kind kind, Context context, Promise<T> promise) {}

  /** A step that was run, and what to say when it is committed. */
  private record Ran<T>(Waiting<T> waiting, T value) {
    void tell() {
      waiting.promise.complete(value);
    }
  }

  private final Vertx vertx;
  private final Ledger ledger;
  private final Folder folder;
  private final JobMeters meters;
  private final Failpoints failpoints;
  private final Checkpoints checkpoints;
  private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread = new Thread(this::loop, "tidegate-jobs-writer");
  private volatile Consumer<List<Change>> listener = changes -> {};
  private volatile boolean stopping;
  private volatile String trouble;
  private volatile boolean diskLow;
  private boolean synchronous = true;
  private long lastLook;

  Writer(
      Vertx vertx,
      Ledger ledger,
      Folder folder,
      JobMeters meters,
      Failpoints failpoints,
      Checkpoints checkpoints) {
    this.vertx = vertx;
    this.ledger = ledger;
    this.folder = folder;
    this.meters = meters;
    this.failpoints = failpoints;
    this.checkpoints = checkpoints;
    thread.setDaemon(true);
  }

  void start() {
    look();
    thread.start();
  }

  void listener(Consumer<List<Change>> newListener) {
    listener = newListener;
  }

  /** Why nothing can be written any more; null: it can. */
  String trouble() {
    return trouble;
  }

  /** New jobs are refused for want of room. */
  boolean diskLow() {
    return diskLow;
  }

  <T> Future<T> submit(Kind kind, Step<T> step) {
    String broken = trouble;
    if (broken != null || stopping) {
      return Future.failedFuture(new StoreUnavailable(broken == null ? "closed" : broken, null));
    }
    Promise<T> promise = Promise.promise();
    if (!queue.offer(new Waiting<>(step, kind, vertx.getOrCreateContext(), promise))) {
      return Future.failedFuture(new StoreUnavailable("the store is overloaded", null));
    }
    if (trouble != null || !thread.isAlive()) {
      abandon(); // It may have ended between the question and the offer.
    }
    return promise.future();
  }

  /** Lets all that waits be written, then ends the thread. */
  void stop() throws InterruptedException {
    stopping = true;
    thread.join(TimeUnit.SECONDS.toMillis(30));
  }

  private void loop() {
    List<Waiting<?>> batch = new ArrayList<>(BATCH);
    try {
      while (trouble == null) {
        Waiting<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (stopping) {
            break;
          }
          idle();
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, BATCH - 1);
        write(batch);
        batch.clear();
      }
    } catch (InterruptedException nobodyDoesThat) {
      Thread.currentThread().interrupt();
    } catch (SQLException | RuntimeException | Error broken) {
      fail(broken);
    } finally {
      stopping = true;
      batch.forEach(this::refuse);
      abandon();
    }
  }

  private void idle() throws SQLException {
    look();
    reserve();
    checkpoints.afterCommit(ledger.sql, true);
    if (ledger.sql.number("PRAGMA freelist_count") > SPARE_PAGES) {
      failpoints.reached(Place.BEFORE_VACUUM);
      ledger.sql.execute("PRAGMA incremental_vacuum(256)");
    }
  }

  /** Looks at the disk, about once a second. */
  private void look() {
    long now = System.nanoTime();
    if (lastLook != 0 && now - lastLook < TimeUnit.SECONDS.toNanos(1)) {
      return;
    }
    lastLook = now;
    diskLow = folder.low();
  }

  /** Puts something aside, when nobody waits. */
  private void reserve() {
    try {
      folder.reserve();
    } catch (IOException full) {
      LOG.warn("jobs: nothing can be put in reserve: {}", full.toString());
    }
  }

  private void write(List<Waiting<?>> batch) throws SQLException {
    look();
    long start = System.nanoTime();
    List<Ran<?>> ran = new ArrayList<>(batch.size());
    try {
      sync(batch.stream().anyMatch(waiting -> waiting.kind != Kind.SOFT));
      begin();
      for (Waiting<?> waiting : batch) {
        ran.add(run(waiting));
      }
      commit();
    } catch (SQLException | RuntimeException failure) {
      undo(failure);
      oneByOne(batch, failure);
      return;
    }
    meters.committed(batch.size(), System.nanoTime() - start);
    tell(ran);
    checkpoints.afterCommit(ledger.sql, false);
  }

  /** Has to be said before a transaction begins. */
  private void sync(boolean wanted) throws SQLException {
    if (wanted != synchronous) {
      ledger.sql.execute("PRAGMA synchronous=" + (wanted ? "FULL" : "NORMAL"));
      synchronous = wanted;
    }
  }

  private void begin() throws SQLException {
    ledger.sql.update("BEGIN IMMEDIATE");
    failpoints.reached(Place.BATCH_OPEN);
  }

  private <T> Ran<T> run(Waiting<T> waiting) throws SQLException {
    T value = waiting.step.run(ledger);
    failpoints.reached(Place.STEP_DONE);
    return new Ran<>(waiting, value);
  }

  private void commit() throws SQLException {
    ledger.tally.write(ledger.sql);
    failpoints.reached(Place.BEFORE_COMMIT);
    ledger.sql.update("COMMIT");
    failpoints.reached(Place.AFTER_COMMIT);
  }

  /** Takes everything back; a disk that failed is the end. */
  private void undo(Throwable failure) throws SQLException {
    if (fatal(failure)) {
      throw failure instanceof SQLException sql ? sql : new SQLException(failure);
    }
    try {
      ledger.sql.execute("ROLLBACK");
    } catch (SQLException alreadyRolledBack) {
      LOG.debug("jobs: {}", alreadyRolledBack.toString());
    }
    ledger.load();
  }

  private static boolean fatal(Throwable failure) {
    if (!(failure instanceof SQLiteException sqlite)) {
      // What the driver says for itself is that the connection cannot be used.
      return failure instanceof UncheckedDisk || failure instanceof SQLException;
    }
    SQLiteErrorCode code = sqlite.getResultCode();
    return code.name().startsWith("SQLITE_IOERR")
        || code.name().startsWith("SQLITE_CORRUPT")
        || code == SQLiteErrorCode.SQLITE_NOTADB
        || code == SQLiteErrorCode.SQLITE_READONLY
        || code == SQLiteErrorCode.SQLITE_CANTOPEN;
  }

  /** A disk that a test broke. */
  static final class UncheckedDisk extends RuntimeException {}

  private static boolean full(Throwable failure) {
    Throwable said = failure instanceof SQLiteException ? failure : failure.getCause();
    return said instanceof SQLiteException sqlite
        && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
  }

  /** After a common failure each step stands for itself, so that one cannot fail the others. */
  private void oneByOne(List<Waiting<?>> batch, Throwable failure) throws SQLException {
    if (full(failure)) {
      diskLow = true;
      LOG.error("jobs: the disk is full; no more are taken");
    }
    for (Waiting<?> waiting : batch) {
      single(waiting);
    }
  }

  private void single(Waiting<?> waiting) throws SQLException {
    for (boolean again = true; again; ) {
      again = false;
      try {
        sync(true);
        begin();
        Ran<?> ran = run(waiting);
        commit();
        tell(List.of(ran));
      } catch (SQLException | RuntimeException failure) {
        undo(failure);
        // New jobs must not eat what is kept for the end of those that are there.
        again = full(failure) && waiting.kind != Kind.ADMISSION && spend();
        if (!again) {
          if (!full(failure)) {
            LOG.error("jobs: a step failed", failure);
          }
          answer(waiting.context, () -> waiting.promise.fail(unavailable(failure)));
        }
      }
    }
  }

  private boolean spend() {
    try {
      return folder.spend();
    } catch (IOException broken) {
      return false;
    }
  }

  private static StoreUnavailable unavailable(Throwable failure) {
    return new StoreUnavailable(full(failure) ? "the disk is full" : "not written", failure);
  }

  private void tell(List<Ran<?>> ran) {
    List<Change> changes = ledger.takeChanges();
    // One task for all answers to a context: waking its loop costs more than answering.
    for (int from = 0; from < ran.size(); ) {
      Context context = ran.get(from).waiting.context;
      int to = from + 1;
      while (to < ran.size() && ran.get(to).waiting.context == context) {
        to++;
      }
      List<Ran<?>> together = ran.subList(from, to);
      answer(context, () -> together.forEach(Ran::tell));
      from = to;
    }
    if (!changes.isEmpty()) {
      listener.accept(changes);
    }
  }

  private static void answer(Context context, Runnable answer) {
    context.runOnContext(any -> answer.run());
  }

  private void fail(Throwable broken) {
    trouble = "store: " + broken.getMessage();
    LOG.error("jobs: the disk failed; nothing is written any more", broken);
  }

  private void abandon() {
    for (Waiting<?> waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
      refuse(waiting);
    }
  }

  private void refuse(Waiting<?> waiting) {
    String reason = trouble == null ? "closed" : trouble;
    answer(waiting.context, () -> waiting.promise.tryFail(new StoreUnavailable(reason, null)));
  }
}
