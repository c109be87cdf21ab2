package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.ScheduleOptions;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Writes schedules and how far they are. */
final class Schedules {
  private static final String PUT =
      "INSERT INTO schedule(queue, name, options) VALUES(?,?,?)"
          + " ON CONFLICT(queue, name) DO UPDATE SET options=excluded.options";
  private static final String FIRED =
      "INSERT INTO schedule(queue, name, last, hi, lo) VALUES(?,?,?,?,?)"
          + " ON CONFLICT(queue, name) DO UPDATE SET last=excluded.last,"
          + " hi=ifnull(excluded.hi, hi), lo=ifnull(excluded.lo, lo)"
          + " WHERE last IS NULL OR last < excluded.last";
  private static final String REMOVE =
      "DELETE FROM schedule WHERE queue=? AND name=? AND options IS NOT NULL";

  private Schedules() {}

  static Void put(Ledger ledger, ScheduleOptions schedule) throws SQLException {
    ledger.sql.update(PUT, schedule.queue(), schedule.name(), schedule.toBuffer().getBytes());
    return null;
  }

  static boolean remove(Ledger ledger, String queue, String name) throws SQLException {
    return ledger.sql.update(REMOVE, queue, name) > 0;
  }

  static Void fired(Ledger ledger, String queue, String name, Instant slot, Optional<JobId> job)
      throws SQLException {
    ledger.sql.update(
        FIRED,
        queue,
        name,
        slot.toEpochMilli(),
        job.map(id -> (Object) id.high()).orElse(null),
        job.map(id -> (Object) id.low()).orElse(null));
    return null;
  }
}
