package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** A job's row, as far as a step needs it to change it. */
record Row(
    long seq,
    JobId id,
    int queue,
    int route,
    JobState state,
    long version,
    long bytes,
    String group,
    long order,
    int crashes,
    int soloCrashes,
    boolean suspect,
    int deliveries,
    long created,
    long started,
    boolean callback,
    int generation,
    long token) {
  static final String COLUMNS =
      "seq, hi, lo, queue, route, state, version, bytes, grp, ord, crashes, solo_crashes, suspect,"
          + " deliveries, created, started, callback, generation, token";
  private static final String BY_ID = "SELECT " + COLUMNS + " FROM job WHERE hi=? AND lo=?";

  static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getLong(1),
        new JobId(row.getLong(2), row.getLong(3)),
        row.getInt(4),
        row.getInt(5),
        JobState.values()[row.getInt(6)],
        row.getLong(7),
        row.getLong(8),
        row.getString(9),
        row.getLong(10),
        row.getInt(11),
        row.getInt(12),
        row.getInt(13) != 0,
        row.getInt(14),
        row.getLong(15),
        row.getLong(16),
        row.getString(17) != null,
        row.getInt(18),
        row.getLong(19));
  }

  static Optional<Row> find(Sql sql, JobId id) throws SQLException {
    return sql.one(BY_ID, Row::read, id.high(), id.low());
  }

  /** Whether it is in a group and still to be done, so that others of it wait. */
  boolean holdsGroup() {
    return !group.isEmpty()
        && (state == JobState.QUEUED || state == JobState.RUNNING || state == JobState.RETRYING);
  }
}
