package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobState;
import io.tidegate.worker.store.JobStore;
import java.sql.SQLException;

/**
 * One after the other within a group: only the first of those that are queued, retrying or running
 * is in a lane, from which jobs are leased.
 */
final class Groups {
  /** The lane of jobs that nobody suspects. */
  static final int USUAL = 0;

  /** The lane of jobs that may have killed their runners. */
  static final int SUSPECTS = 1;

  private static final String FIRST =
      "SELECT min(ord) FROM job WHERE queue=? AND grp=? AND grp <> '' AND state IN (1, 2, 3)";
  private static final String OPEN =
      "UPDATE job SET lane=(CASE WHEN crashes >= ? THEN 1 ELSE 0 END) WHERE queue=? AND grp=?"
          + " AND grp <> '' AND state IN (1, 2, 3) AND ord=? AND state=1 AND lane IS NULL";

  private static final String NEXT =
      "SELECT "
          + Row.COLUMNS
          + " FROM job WHERE queue=? AND grp=? AND grp <> '' AND state IN (1, 2, 3) AND ord=?";

  private Groups() {}

  /** The lane of a job that becomes queued; null when others of its group come first. */
  static Integer lane(Sql sql, int queue, String group, long order, int crashes)
      throws SQLException {
    if (!group.isEmpty()) {
      long first = sql.number(FIRST, queue, group);
      if (first != 0 && first < order) {
        return null;
      }
    }
    return crashes >= JobStore.SUSPECT_CRASHES ? SUSPECTS : USUAL;
  }

  /** A job has left its group: the next one may go, and whoever takes jobs is told. */
  static void left(Ledger ledger, int queue, String group) throws SQLException {
    if (group.isEmpty()) {
      return;
    }
    long first = ledger.sql.number(FIRST, queue, group);
    if (first != 0 && ledger.sql.update(OPEN, JobStore.SUSPECT_CRASHES, queue, group, first) > 0) {
      Row next = ledger.sql.one(NEXT, Row::read, queue, group, first).orElseThrow();
      ledger.changed(next.id(), ledger.names.text(queue), JobState.QUEUED, next.version());
    }
  }
}
