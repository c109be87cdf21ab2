package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.store.sqlite.Failpoints.Place;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the write-ahead log into the file. Most of it is done beside the writer, so that no commit
 * waits for it; but a log that grows meanwhile is never done. So the writer itself moves the last
 * bit, after which the log starts anew. Never both at once.
 */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  /** From this size on it is moved beside the writer, in bytes. */
  private static final long START = 16L << 20;

  /** From this size on it is moved when there is nothing else to do. */
  private static final long IDLE = 1L << 20;

  /** From this size on the writer finishes it, after it was moved beside. */
  private static final long FINISH = 32L << 20;

  private final Folder folder;
  private final Path file;
  private final Failpoints failpoints;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "tidegate-jobs-checkpoint");
            made.setDaemon(true);
            return made;
          });
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile boolean moved;
  private volatile SQLException broken;
  private Sql sql;
  private long sinceLook;

  Checkpoints(Folder folder, Failpoints failpoints) {
    this.folder = folder;
    this.file = folder.database();
    this.failpoints = failpoints;
  }

  /**
   * The writer is between two commits.
   *
   * @param idle and has nothing else to do
   * @throws SQLException when a checkpoint failed, here or beside: the disk cannot be trusted
   */
  void afterCommit(Sql writer, boolean idle) throws SQLException {
    SQLException failed = broken;
    if (failed != null) {
      throw failed;
    }
    if (busy.get() || (!idle && ++sinceLook % 16 != 0)) {
      return; // The size is asked of the file system: not each time.
    }
    long size = folder.walBytes();
    if (idle && size > IDLE) {
      // Not TRUNCATE: that one waits for readers, and the next job would wait for it.
      checkpoint(writer, "PASSIVE");
    } else if (moved && size > FINISH) {
      moved = false;
      checkpoint(writer, "PASSIVE");
    } else if (size > START && busy.compareAndSet(false, true)) {
      thread.execute(this::beside);
    }
  }

  private void beside() {
    try {
      if (sql == null) {
        sql = Schema.checkpointer(file);
      }
      checkpoint(sql, "PASSIVE");
      moved = true;
    } catch (SQLException failed) {
      broken = failed;
    } finally {
      busy.set(false);
    }
  }

  private void checkpoint(Sql on, String mode) throws SQLException {
    failpoints.reached(Place.BEFORE_CHECKPOINT);
    on.execute("PRAGMA wal_checkpoint(" + mode + ")");
    failpoints.reached(Place.AFTER_CHECKPOINT);
  }

  /** Ends the thread; the writer has ended before. */
  void close() throws SQLException, InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
      LOG.warn("jobs: a checkpoint has not ended");
    } else if (sql != null) {
      sql.close();
    }
  }
}
