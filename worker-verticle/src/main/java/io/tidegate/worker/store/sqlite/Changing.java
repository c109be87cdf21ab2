package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.store.JobStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** T11, T13 and T14: what people do to jobs. */
final class Changing {
  private static final String END =
      "UPDATE job SET state=?, lane=NULL, lease_until=NULL, suspect=0, version=version+1,"
          + " finished=?, expires=?, untold=? WHERE seq=?";
  private static final String REQUEUE =
      "UPDATE job SET state=1, lane=?, ord=?, version=version+1, generation=generation+1,"
          + " attempts=0, crashes=0, solo_crashes=0, deliveries=0, deferrals=0, rank=? - boost,"
          + " run_at=?, deadline=?, finished=NULL, expires=NULL, untold=NULL WHERE seq=?";

  private final Ledger ledger;
  private final Statuses statuses;

  Changing(Ledger ledger) {
    this.ledger = ledger;
    this.statuses = new Statuses(ledger.sql, ledger.names);
  }

  JobChange cancel(JobId id, Duration keep) throws SQLException {
    Optional<Row> found = Row.find(ledger.sql, id);
    if (found.isEmpty()) {
      return missing(id);
    }
    Row row = found.get();
    if (row.state() == JobState.CANCELED) {
      return new JobChange.Done(status(id));
    }
    if (row.state().terminal()) {
      return new JobChange.Conflict(status(id));
    }
    end(row, JobState.CANCELED, keep);
    return row.state() == JobState.RUNNING
        ? new JobChange.Requested(status(id))
        : new JobChange.Done(status(id));
  }

  /** Ends a job without a run: canceled or expired. */
  void end(Row row, JobState to, Duration keep) throws SQLException {
    long now = ledger.now();
    ledger.sql.update(
        END,
        to.ordinal(),
        now,
        now + keep.toMillis(),
        row.callback() ? (Object) 1 : null,
        row.seq());
    move(row, to);
    Groups.left(ledger, row.queue(), row.group());
  }

  private void move(Row row, JobState to) {
    ledger.tally.move(
        row.queue(), row.route(), row.state().ordinal(), to.ordinal(), row.bytes(), row.bytes());
    Settle.changed(ledger, row, to);
  }

  private JobStatus status(JobId id) throws SQLException {
    return statuses.status(id).orElseThrow();
  }

  private JobChange missing(JobId id) throws SQLException {
    return statuses
        .tomb(id)
        .<JobChange>map(JobChange.Purged::new)
        .orElseGet(JobChange.Unknown::new);
  }

  JobChange requeue(JobId id, Duration deadline) throws SQLException {
    Optional<Row> found = Row.find(ledger.sql, id);
    if (found.isEmpty()) {
      return missing(id);
    }
    if (!found.get().state().requeueable()) {
      return new JobChange.Conflict(status(id));
    }
    requeue(found.get(), deadline);
    return new JobChange.Done(status(id));
  }

  private void requeue(Row row, Duration deadline) throws SQLException {
    long now = ledger.now();
    long order = ledger.nextSeq();
    Integer lane = Groups.lane(ledger.sql, row.queue(), row.group(), order, 0);
    ledger.sql.update(REQUEUE, lane, order, now, now, now + deadline.toMillis(), row.seq());
    move(row, JobState.QUEUED);
  }

  int requeueAll(JobFilter filter, Duration deadline, int limit, boolean dryRun)
      throws SQLException {
    Set<JobState> states =
        filter.states().isEmpty() ? Set.of(JobState.DEAD) : Set.copyOf(filter.states());
    List<JobState> fit = states.stream().filter(JobState::requeueable).toList();
    if (fit.isEmpty()) {
      return 0;
    }
    List<Row> rows = oldest(filter.withStates(fit.toArray(JobState[]::new)), limit);
    if (!dryRun) {
      for (Row row : rows) {
        requeue(row, deadline);
      }
    }
    return rows.size();
  }

  private List<Row> oldest(JobFilter filter, int limit) throws SQLException {
    StringBuilder text = new StringBuilder("SELECT " + Row.COLUMNS + " FROM job WHERE 1=1");
    List<Object> values = new ArrayList<>();
    statuses.where(filter, text, values);
    text.append(" ORDER BY hi, lo LIMIT ?");
    values.add(limit);
    return ledger.sql.all(text.toString(), Row::read, values.toArray());
  }

  JobChange delete(JobId id) throws SQLException {
    Optional<Row> found = Row.find(ledger.sql, id);
    if (found.isEmpty()) {
      return missing(id);
    }
    JobStatus last = status(id);
    if (!last.state().terminal()) {
      return new JobChange.Conflict(last);
    }
    forget(found.get());
    return new JobChange.Done(last);
  }

  int purgeDead(String queue, int limit) throws SQLException {
    List<Row> rows = oldest(JobFilter.ALL.withQueue(queue).withStates(JobState.DEAD), limit);
    for (Row row : rows) {
      forget(row);
    }
    return rows.size();
  }

  /** T14: all of a job goes, but that there was one. */
  void forget(Row row) throws SQLException {
    for (String table : List.of("job", "job_req", "job_res", "attempt_log")) {
      ledger.sql.update("DELETE FROM " + table + " WHERE seq=?", row.seq());
    }
    ledger.sql.update(
        "INSERT OR REPLACE INTO tombstone(hi, lo, state, until) VALUES(?,?,?,?)",
        row.id().high(),
        row.id().low(),
        row.state().ordinal(),
        ledger.now() + JobStore.REMEMBERED.toMillis());
    ledger.tally.add(row.queue(), row.route(), row.state().ordinal(), -1, -row.bytes());
  }
}
