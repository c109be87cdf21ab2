package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.JobStatus.Counters;
import io.tidegate.worker.api.JobStatus.Times;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads jobs, on whichever connection. */
final class Statuses {
  private static final String COLUMNS =
      "hi, lo, state, queue, route, tenant, grp, prio, version, generation, attempts,"
          + " max_attempts, deliveries, crashes, solo_crashes, deferrals, created, run_at, deadline,"
          + " started, finished, expires, err_type, err_status, err_message, seq";
  private static final String BY_ID = "SELECT " + COLUMNS + " FROM job WHERE hi=? AND lo=?";
  private static final String ATTEMPTS =
      "SELECT delivery, started, took, outcome, status, err_type, err_status, err_message"
          + " FROM (SELECT * FROM attempt_log WHERE seq=? ORDER BY n DESC LIMIT 10) ORDER BY n";
  private static final String TOMB = "SELECT state FROM tombstone WHERE hi=? AND lo=?";
  private static final String RESULT = "SELECT status, headers, body FROM job_res WHERE seq=?";

  private record Found(JobStatus status, long seq) {}

  private final Sql sql;
  private final Names names;

  Statuses(Sql sql, Names names) {
    this.sql = sql;
    this.names = names;
  }

  JobLookup get(JobId id) throws SQLException {
    Optional<Found> found = find(id);
    if (found.isPresent()) {
      return new JobLookup.Found(withAttempts(found.get()));
    }
    return tomb(id).<JobLookup>map(JobLookup.Purged::new).orElseGet(JobLookup.Unknown::new);
  }

  Optional<JobStatus> status(JobId id) throws SQLException {
    Optional<Found> found = find(id);
    return found.isPresent() ? Optional.of(withAttempts(found.get())) : Optional.empty();
  }

  Optional<JobState> tomb(JobId id) throws SQLException {
    return sql.one(TOMB, row -> JobState.values()[row.getInt(1)], id.high(), id.low());
  }

  JobOutput output(JobId id) throws SQLException {
    Optional<Found> found = find(id);
    if (found.isEmpty()) {
      return tomb(id).<JobOutput>map(JobOutput.Purged::new).orElseGet(JobOutput.Unknown::new);
    }
    Optional<JobResult> result =
        found.get().status.state().terminal()
            ? sql.one(RESULT, Statuses::result, found.get().seq)
            : Optional.empty();
    return new JobOutput.Found(withAttempts(found.get()), result);
  }

  private static JobResult result(ResultSet row) throws SQLException {
    return new JobResult(
        row.getInt(1), Leasing.headers(row.getBytes(2)), Leasing.body(row.getBytes(3)));
  }

  private Optional<Found> find(JobId id) throws SQLException {
    return sql.one(BY_ID, this::read, id.high(), id.low());
  }

  private JobStatus withAttempts(Found found) throws SQLException {
    JobStatus status = found.status;
    return new JobStatus(
        status.id(),
        status.state(),
        status.queue(),
        status.route(),
        status.tenant(),
        status.group(),
        status.priority(),
        status.version(),
        status.generation(),
        status.counters(),
        status.times(),
        status.cancelRequested(),
        status.lastError(),
        attempts(found));
  }

  private List<JobAttempt> attempts(Found found) throws SQLException {
    List<JobAttempt> logged = sql.all(ATTEMPTS, Statuses::attempt, found.seq);
    JobStatus job = found.status;
    if (!logged.isEmpty() || job.state() != JobState.SUCCEEDED) {
      return logged;
    }
    // It succeeded at once: that is not written down a second time.
    Instant started = job.times().started().orElse(job.times().created());
    Duration took = Duration.between(started, job.times().finished().orElse(started));
    long status = sql.number("SELECT status FROM job_res WHERE seq=?", found.seq);
    return List.of(
        new JobAttempt(
            job.counters().deliveries(),
            started,
            took.isNegative() ? Duration.ZERO : took,
            "succeeded",
            (int) status,
            Optional.empty()));
  }

  private static JobAttempt attempt(ResultSet row) throws SQLException {
    return new JobAttempt(
        row.getInt(1),
        Instant.ofEpochMilli(row.getLong(2)),
        Duration.ofMillis(row.getLong(3)),
        row.getString(4),
        row.getInt(5),
        error(row, 6));
  }

  private static Optional<JobError> error(ResultSet row, int at) throws SQLException {
    String type = row.getString(at);
    return type == null
        ? Optional.empty()
        : Optional.of(new JobError(type, row.getInt(at + 1), row.getString(at + 2)));
  }

  private Found read(ResultSet row) throws SQLException {
    return new Found(
        new JobStatus(
            new JobId(row.getLong(1), row.getLong(2)),
            JobState.values()[row.getInt(3)],
            names.text(sql, row.getInt(4)),
            names.text(sql, row.getInt(5)),
            row.getString(6),
            row.getString(7),
            row.getInt(8),
            row.getLong(9),
            row.getInt(10),
            new Counters(
                row.getInt(11),
                row.getInt(12),
                row.getInt(13),
                row.getInt(14),
                row.getInt(15),
                row.getInt(16)),
            times(row),
            false,
            error(row, 23),
            List.of()),
        row.getLong(26));
  }

  private static Times times(ResultSet row) throws SQLException {
    return new Times(
        Instant.ofEpochMilli(row.getLong(17)),
        Instant.ofEpochMilli(row.getLong(18)),
        Instant.ofEpochMilli(row.getLong(19)),
        instant(row, 20),
        instant(row, 21),
        instant(row, 22));
  }

  private static Optional<Instant> instant(ResultSet row, int at) throws SQLException {
    long millis = row.getLong(at);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** Some jobs that fit, the latest first. */
  List<JobStatus> page(JobFilter filter, Optional<JobId> after, int limit) throws SQLException {
    // Those that run are few; an order by id would rather look through all others.
    boolean running = filter.states().equals(Set.of(JobState.RUNNING));
    StringBuilder text = new StringBuilder("SELECT " + COLUMNS + " FROM job");
    text.append(running ? " INDEXED BY job_lease WHERE 1=1" : " WHERE 1=1");
    List<Object> values = new ArrayList<>();
    where(filter, text, values);
    after.ifPresent(
        id -> {
          text.append(" AND (hi, lo) < (?, ?)");
          values.add(id.high());
          values.add(id.low());
        });
    text.append(" ORDER BY hi DESC, lo DESC LIMIT ?");
    values.add(limit);
    return sql.all(text.toString(), row -> read(row).status, values.toArray());
  }

  void where(JobFilter filter, StringBuilder text, List<Object> values) throws SQLException {
    if (filter.queue().isPresent()) {
      text.append(" AND queue=?");
      values.add(names.known(sql, filter.queue().get()));
    }
    if (filter.route().isPresent()) {
      text.append(" AND route=?");
      values.add(names.known(sql, filter.route().get()));
    }
    if (filter.tenant().isPresent()) {
      // Said twice, so that the index of those that have one is found fit.
      text.append(
          filter.tenant().get().isEmpty() ? " AND tenant=?" : " AND tenant=? AND tenant<>''");
      values.add(filter.tenant().get());
    }
    if (!filter.states().isEmpty()) {
      String codes = codes(filter.states());
      boolean one = filter.states().size() == 1; // Only so is the index of one state found fit.
      text.append(" AND state ").append(one ? "= " + codes : "IN (" + codes + ")");
      text.append(filter.states().contains(JobState.RUNNING) ? "" : " AND state <> 2");
    }
    if (filter.since().isPresent()) {
      text.append(" AND hi >= ?"); // An id begins with its time.
      values.add(filter.since().get().toEpochMilli() << 16);
    }
    if (filter.until().isPresent()) {
      text.append(" AND hi < ?");
      values.add(filter.until().get().toEpochMilli() << 16);
    }
    if (filter.error().isPresent()) {
      text.append(" AND err_type=?");
      values.add(filter.error().get());
    }
  }

  private static String codes(Set<JobState> states) {
    return String.join(
        ",", states.stream().map(state -> String.valueOf(state.ordinal())).sorted().toList());
  }
}
