package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.QueueStatus.Mode;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What every step of the writer works with: the connection, the counts, the numbers that are next.
 * Confined to the writer's thread.
 */
final class Ledger {
  private static final int BOOT_SHIFT = 40;

  final Sql sql;
  final Names names = new Names();
  final Tally tally = new Tally();
  private final InstantSource clock;
  private final Map<Integer, Mode> modes = new HashMap<>();
  private final List<JobId> buried = new ArrayList<>();
  private List<Change> changes = new ArrayList<>();
  private long lastSeq;
  private long lastToken;

  Ledger(Sql sql, InstantSource clock) {
    this.sql = sql;
    this.clock = clock;
  }

  /** Reads everything that is kept in memory, at the start and after a rollback. */
  void load() throws SQLException {
    names.load(sql);
    tally.load(sql);
    modes.clear();
    sql.all(
        "SELECT queue, mode FROM queue",
        row -> modes.put(row.getInt(1), Mode.values()[row.getInt(2)]));
    lastSeq =
        sql.number(
            "SELECT max((SELECT ifnull(max(seq), 0) FROM job), (SELECT ifnull(max(ord), 0)"
                + " FROM job WHERE grp <> '' AND state IN (1, 2, 3)))");
    changes = new ArrayList<>();
  }

  /** Counts this start, so that its tokens are above all earlier ones. */
  void boot() throws SQLException {
    sql.update("UPDATE meta SET value = value + 1 WHERE key = 'boots'");
    lastToken = sql.number("SELECT value FROM meta WHERE key = 'boots'") << BOOT_SHIFT;
  }

  long now() {
    return clock.millis();
  }

  long nextSeq() {
    return ++lastSeq;
  }

  long nextToken() {
    return ++lastToken;
  }

  void changed(JobId id, String queue, JobState state, long version) {
    changes.add(new Change(id, queue, state, version));
  }

  /** A job was found guilty at the start, when nobody could be told yet. */
  void buriedAtStart(List<JobId> jobs) {
    buried.addAll(jobs);
  }

  /** Hands those on whom nobody was told of. */
  List<JobId> takeBuried() {
    List<JobId> taken = List.copyOf(buried);
    buried.clear();
    return taken;
  }

  /** How many changes are noted. */
  int changes() {
    return changes.size();
  }

  /** Takes back what is in memory since there were so many changes; the file is back already. */
  void forget(int before) throws SQLException {
    changes.subList(before, changes.size()).clear();
    names.load(sql);
    tally.load(sql);
  }

  List<Change> takeChanges() {
    List<Change> taken = changes;
    changes = new ArrayList<>();
    return taken;
  }

  Mode mode(int queue) {
    return modes.getOrDefault(queue, Mode.OPEN);
  }

  void mode(int queue, Mode mode) throws SQLException {
    sql.update("INSERT OR REPLACE INTO queue(queue, mode) VALUES(?,?)", queue, mode.ordinal());
    modes.put(queue, mode);
  }
}
