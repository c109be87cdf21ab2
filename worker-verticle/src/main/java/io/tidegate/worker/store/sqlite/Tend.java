package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Tended;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** T2, T8, T12 and T14: what time brings. */
final class Tend {
  private static final String ROWS = "SELECT " + Row.COLUMNS + " FROM job WHERE ";
  private static final String DUE =
      ROWS + "state IN (0, 3) AND run_at <= ? ORDER BY run_at, seq LIMIT ?";
  private static final String LATE =
      ROWS + "state IN (0, 1, 3) AND deadline <= ? ORDER BY deadline LIMIT ?";
  private static final String LOST =
      ROWS + "state = 2 AND lease_until <= ? ORDER BY lease_until LIMIT ?";
  private static final String OVER =
      ROWS + "expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?";
  private static final String OLDEST =
      ROWS + "queue=? AND state=? AND state <> 2 ORDER BY hi, lo LIMIT ?";
  private static final String PROMOTE =
      "UPDATE job SET state=1, lane=?, ord=?, version=version+1 WHERE seq=?";
  private static final List<JobState> FORGETTABLE =
      List.of(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED, JobState.EXPIRED);

  private final Ledger ledger;
  private final Changing changing;
  private final int limit;
  private final Map<String, KeepPlan> keep;
  private final Predicate<Lease> held;

  /**
   * @param held leases that do not run out, since whoever holds them is here
   */
  Tend(Ledger ledger, int limit, Map<String, KeepPlan> keep, Predicate<Lease> held) {
    this.ledger = ledger;
    this.changing = new Changing(ledger);
    this.limit = limit;
    this.keep = keep;
    this.held = held;
  }

  Tended all() throws SQLException {
    List<JobId> poisoned = new ArrayList<>(ledger.takeBuried());
    int crashed = reap(ledger.now(), limit, poisoned);
    int expired = expire();
    int promoted = promote();
    int forgotten = forget();
    return new Tended(promoted, crashed, poisoned, expired, forgotten, next(forgotten));
  }

  /** All that is running was left by a process that is gone. */
  static int recover(Ledger ledger) throws SQLException {
    List<JobId> poisoned = new ArrayList<>();
    int crashed =
        new Tend(ledger, Integer.MAX_VALUE, Map.of(), lease -> false)
            .reap(Long.MAX_VALUE, Integer.MAX_VALUE, poisoned);
    ledger.buriedAtStart(poisoned);
    return crashed;
  }

  private KeepPlan keep(int queue) {
    return keep.getOrDefault(ledger.names.text(queue), KeepPlan.DEFAULTS);
  }

  private int reap(long until, int most, List<JobId> poisoned) throws SQLException {
    List<Row> rows = new ArrayList<>(ledger.sql.all(LOST, Row::read, until, most));
    rows.removeIf(row -> held.test(new Lease(row.id(), row.token())));
    for (Row row : rows) {
      if (Settle.crashed(ledger, row, keep(row.queue()).dead())) {
        poisoned.add(row.id());
      }
    }
    return rows.size();
  }

  private int expire() throws SQLException {
    List<Row> rows = ledger.sql.all(LATE, Row::read, ledger.now(), limit);
    for (Row row : rows) {
      changing.end(row, JobState.EXPIRED, keep(row.queue()).results());
    }
    return rows.size();
  }

  private int promote() throws SQLException {
    List<Row> rows = ledger.sql.all(DUE, Row::read, ledger.now(), limit);
    for (Row row : rows) {
      // A job of a group takes its place in it when it becomes due; one that was there keeps it.
      boolean late = row.state() == JobState.SCHEDULED && !row.group().isEmpty();
      long order = late ? ledger.nextSeq() : row.order();
      Integer lane = Groups.lane(ledger.sql, row.queue(), row.group(), order, row.crashes());
      ledger.sql.update(PROMOTE, lane, order, row.seq());
      ledger.tally.move(
          row.queue(),
          row.route(),
          row.state().ordinal(),
          JobState.QUEUED.ordinal(),
          row.bytes(),
          row.bytes());
      Settle.changed(ledger, row, JobState.QUEUED);
    }
    return rows.size();
  }

  private int forget() throws SQLException {
    long now = ledger.now();
    List<Row> rows = new ArrayList<>(ledger.sql.all(OVER, Row::read, now, limit));
    for (Row row : rows) {
      changing.forget(row);
    }
    int forgotten = rows.size();
    for (Map.Entry<String, Integer> name : List.copyOf(ledger.names.entries())) {
      if (forgotten < limit) {
        forgotten += trim(name.getValue(), limit - forgotten);
      }
    }
    ledger.sql.update(
        "DELETE FROM tombstone WHERE (hi, lo) IN"
            + " (SELECT hi, lo FROM tombstone WHERE until <= ? LIMIT ?)",
        now,
        limit);
    ledger.sql.update(
        "DELETE FROM idem WHERE hash IN (SELECT hash FROM idem WHERE until <= ? AND NOT EXISTS"
            + " (SELECT 1 FROM job WHERE job.hi = idem.hi AND job.lo = idem.lo) LIMIT ?)",
        now,
        limit);
    return forgotten;
  }

  /** Keeps a queue within its number and bytes. */
  private int trim(int queue, int most) throws SQLException {
    KeepPlan plan = keep(queue);
    long jobs = 0;
    long bytes = 0;
    for (JobState state : FORGETTABLE) {
      long[] of = ledger.tally.of(queue, state);
      jobs += of[0];
      bytes += of[1];
    }
    if (jobs <= plan.count() && bytes <= plan.bytes()) {
      return 0;
    }
    List<Row> oldest = new ArrayList<>();
    for (JobState state : FORGETTABLE) {
      oldest.addAll(ledger.sql.all(OLDEST, Row::read, queue, state.ordinal(), most));
    }
    oldest.sort(Comparator.comparing(Row::id));
    int forgotten = 0;
    for (Row row : oldest) {
      if (forgotten == most || (jobs <= plan.count() && bytes <= plan.bytes())) {
        break;
      }
      changing.forget(row);
      forgotten++;
      jobs--;
      bytes -= row.bytes();
    }
    return forgotten;
  }

  private Optional<Instant> next(int forgotten) throws SQLException {
    if (forgotten >= limit) {
      return Optional.of(Instant.ofEpochMilli(ledger.now()));
    }
    return LongStream.of(
            ledger.sql.number("SELECT min(run_at) FROM job WHERE state IN (0, 3)"),
            ledger.sql.number("SELECT min(deadline) FROM job WHERE state IN (0, 1, 3)"),
            // One that has run out and is still held is about to be renewed.
            ledger.sql.number(
                "SELECT min(lease_until) FROM job WHERE state = 2 AND lease_until > ?",
                ledger.now()),
            ledger.sql.number("SELECT min(expires) FROM job WHERE expires IS NOT NULL"))
        .filter(time -> time != 0)
        .mapToObj(Instant::ofEpochMilli)
        .min(Comparator.naturalOrder());
  }
}
