package io.tidegate.worker.store.sqlite;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.sqlite.Failpoints.Place;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store that is open: who owns what, and in which order it comes and goes. */
final class Opened {
  private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

  /**
   * A look at the file after a crash is cut off here: what it did not reach is looked at in use.
   */
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Above this a look takes longer than it may. */
  private static final long CHECK_BYTES = 64L << 20;

  final Writer writer;
  final Readers readers;
  private final Folder folder;
  private final Sql sql;
  private final Checkpoints checkpoints;

  private Opened(Writer writer, Readers readers, Folder folder, Sql sql, Checkpoints checkpoints) {
    this.writer = writer;
    this.readers = readers;
    this.folder = folder;
    this.sql = sql;
    this.checkpoints = checkpoints;
  }

  /** Blocks. */
  static Opened open(
      Vertx vertx,
      StoreOptions.Embedded options,
      JobMeters meters,
      InstantSource clock,
      Failpoints failpoints)
      throws SQLException, java.io.IOException {
    Folder folder = Folder.open(options.path(), options.diskFloor());
    Sql sql = null;
    try {
      sql = Schema.writer(folder.database());
      Ledger ledger = ready(sql, folder, clock);
      failpoints.reached(Place.RECOVERED);
      Checkpoints checkpoints = new Checkpoints(folder, failpoints);
      Readers readers = new Readers(vertx);
      readers.open(folder.database());
      Writer writer = new Writer(vertx, ledger, folder, meters, failpoints, checkpoints);
      writer.start();
      meters.walBytes(folder::walBytes);
      meters.diskFree(folder::free);
      return new Opened(writer, readers, folder, sql, checkpoints);
    } catch (SQLException | java.io.IOException | RuntimeException unusable) {
      if (sql != null) {
        sql.close();
      }
      folder.close();
      throw unusable;
    }
  }

  private static Ledger ready(Sql sql, Folder folder, InstantSource clock)
      throws SQLException, java.io.IOException {
    Schema.prepare(sql);
    folder.sync();
    if (sql.number("SELECT value FROM meta WHERE key='clean'") == 0) {
      check(sql, folder);
    }
    Ledger ledger = new Ledger(sql, clock);
    sql.execute("BEGIN IMMEDIATE");
    ledger.load();
    ledger.boot();
    int recovered = Tend.recover(ledger);
    sql.execute("UPDATE meta SET value = 0 WHERE key = 'clean'");
    ledger.tally.write(sql);
    sql.execute("COMMIT");
    ledger.takeChanges();
    if (recovered > 0) {
      LOG.info("jobs: {} were running when the process before ended; they run again", recovered);
    }
    return ledger;
  }

  private static void check(Sql sql, Folder folder) throws SQLException {
    long start = System.nanoTime();
    if (folder.database().toFile().length() > CHECK_BYTES) {
      return;
    }
    List<String> found = sql.all("PRAGMA quick_check(3)", row -> row.getString(1));
    if (!found.equals(List.of("ok"))) {
      throw new StoreUnavailable("jobs.db is corrupt: " + found, null);
    }
    long took = System.nanoTime() - start;
    if (took > CHECK_NANOS) {
      LOG.info("jobs: checking the file took {} ms", took / 1_000_000);
    }
  }

  /** Blocks. */
  void close() throws SQLException, InterruptedException {
    writer.stop();
    checkpoints.close();
    readers.close();
    if (writer.trouble() == null) {
      sql.update("UPDATE meta SET value = 1 WHERE key = 'clean'");
      sql.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    sql.close();
    folder.close();
  }
}
