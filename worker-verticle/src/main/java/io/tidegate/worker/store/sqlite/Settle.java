package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.JobStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** T4 to T10: ends runs. */
final class Settle {
  private static final String HELD =
      "SELECT " + Row.COLUMNS + " FROM job WHERE hi=? AND lo=? AND token=? AND state=2";
  private static final String END =
      "UPDATE job SET state=?, lease_until=NULL, suspect=0, version=version+1,"
          + " attempts=attempts+?, deferrals=deferrals+?, finished=?, expires=?,"
          + " bytes=?, err_type=?, err_status=?, err_message=?, untold=? WHERE seq=?";
  private static final String AGAIN =
      "UPDATE job SET state=3, lease_until=NULL, suspect=0, version=version+1,"
          + " attempts=attempts+?, deferrals=deferrals+?, run_at=?, bytes=?, err_type=?,"
          + " err_status=?, err_message=? WHERE seq=?";
  private static final String RESULT =
      "INSERT OR REPLACE INTO job_res(seq, status, headers, body) VALUES(?,?,?,?)";
  private static final String OLD_RESULT =
      "SELECT length(ifnull(headers, '')) + length(ifnull(body, '')) FROM job_res WHERE seq=?";
  private static final String LOG =
      "INSERT INTO attempt_log(seq, n, delivery, started, took, outcome, status, err_type,"
          + " err_status, err_message) VALUES(?,?,?,?,?,?,?,?,?,?)";
  private static final String TRIM =
      "DELETE FROM attempt_log WHERE seq=? AND n <="
          + " (SELECT n FROM attempt_log WHERE seq=? ORDER BY n DESC LIMIT 1 OFFSET ?)";
  private static final String BACK =
      "UPDATE job SET state=1, lane=?, lease_until=NULL, suspect=0, version=version+1,"
          + " deliveries=deliveries-1 WHERE seq=?";
  private static final String CRASHED =
      "UPDATE job SET state=1, lane=?, lease_until=NULL, suspect=0, version=version+1, crashes=?,"
          + " solo_crashes=? WHERE seq=?";
  private static final String POISON =
      "UPDATE job SET state=6, lease_until=NULL, suspect=0, version=version+1, crashes=?,"
          + " solo_crashes=?, finished=?, expires=?, err_type=?, err_status=0, err_message=?,"
          + " untold=? WHERE seq=?";

  private Settle() {}

  static boolean settle(Ledger ledger, Lease lease, Ending ending) throws SQLException {
    Optional<Row> held =
        ledger.sql.one(HELD, Row::read, lease.id().high(), lease.id().low(), lease.token());
    if (held.isEmpty()) {
      return false;
    }
    Row row = held.get();
    long bytes = row.bytes() + keep(ledger, row, ending.result());
    if (!told(row, ending)) {
      log(ledger, row, ending.attempt());
    }
    if (ending.to() == JobState.RETRYING) {
      again(ledger, row, ending, bytes);
    } else {
      end(ledger, row, ending, bytes);
    }
    ledger.tally.move(
        row.queue(), row.route(), row.state().ordinal(), ending.to().ordinal(), row.bytes(), bytes);
    if (ending.to().terminal()) {
      Groups.left(ledger, row.queue(), row.group());
    }
    changed(ledger, row, ending.to());
    return true;
  }

  /** Of most jobs there is no more to say than {@link Statuses} can read from the job itself. */
  private static boolean told(Row row, Ending ending) {
    return ending.to() == JobState.SUCCEEDED
        && row.deliveries() == 1
        && row.crashes() == 0
        && row.generation() == 0;
  }

  static void changed(Ledger ledger, Row row, JobState to) {
    ledger.changed(row.id(), ledger.names.text(row.queue()), to, row.version() + 1);
  }

  private static void end(Ledger ledger, Row row, Ending ending, long bytes) throws SQLException {
    long now = ledger.now();
    Optional<JobError> error = ending.error();
    ledger.sql.update(
        END,
        ending.to().ordinal(),
        ending.attempts(),
        ending.deferrals(),
        now,
        now + ending.keep().toMillis(),
        bytes,
        error.map(JobError::type).orElse(null),
        error.map(e -> (Object) e.status()).orElse(null),
        error.map(JobError::message).orElse(null),
        row.callback() ? (Object) 1 : null,
        row.seq());
  }

  private static void again(Ledger ledger, Row row, Ending ending, long bytes) throws SQLException {
    Optional<JobError> error = ending.error();
    ledger.sql.update(
        AGAIN,
        ending.attempts(),
        ending.deferrals(),
        ending.runAt().toEpochMilli(),
        bytes,
        error.map(JobError::type).orElse(null),
        error.map(e -> (Object) e.status()).orElse(null),
        error.map(JobError::message).orElse(null),
        row.seq());
  }

  /** Keeps a result, and says how many bytes more the job takes. */
  private static long keep(Ledger ledger, Row row, Optional<JobResult> result) throws SQLException {
    if (result.isEmpty()) {
      return 0;
    }
    JobResult kept = result.get();
    long before =
        row.deliveries() > 1 || row.generation() > 0 ? ledger.sql.number(OLD_RESULT, row.seq()) : 0;
    byte[] headers = kept.headers().flat().isEmpty() ? null : kept.headers().toBuffer().getBytes();
    byte[] body = kept.body().length() == 0 ? null : kept.body().getBytes();
    ledger.sql.update(RESULT, row.seq(), kept.status(), headers, body);
    return (headers == null ? 0 : headers.length) + (body == null ? 0 : body.length) - before;
  }

  static void log(Ledger ledger, Row row, JobAttempt attempt) throws SQLException {
    Optional<JobError> error = attempt.error();
    ledger.sql.update(
        LOG,
        row.seq(),
        row.version(),
        attempt.delivery(),
        attempt.started().toEpochMilli(),
        attempt.took().toMillis(),
        attempt.outcome(),
        attempt.status(),
        error.map(JobError::type).orElse(null),
        error.map(e -> (Object) e.status()).orElse(null),
        error.map(JobError::message).orElse(null));
    if (row.version() > 2L * JobStore.LOGGED_ATTEMPTS) { // Each run takes two versions at least.
      ledger.sql.update(TRIM, row.seq(), row.seq(), JobStore.LOGGED_ATTEMPTS);
    }
  }

  /** T9. */
  static int release(Ledger ledger, List<Lease> leases) throws SQLException {
    int released = 0;
    for (Lease lease : leases) {
      Optional<Row> held =
          ledger.sql.one(HELD, Row::read, lease.id().high(), lease.id().low(), lease.token());
      if (held.isPresent()) {
        released++;
        Row row = held.get();
        ledger.sql.update(BACK, lane(ledger, row, row.crashes()), row.seq());
        queued(ledger, row);
      }
    }
    return released;
  }

  private static Integer lane(Ledger ledger, Row row, int crashes) throws SQLException {
    return Groups.lane(ledger.sql, row.queue(), row.group(), row.order(), crashes);
  }

  private static void queued(Ledger ledger, Row row) {
    ledger.tally.move(
        row.queue(),
        row.route(),
        JobState.RUNNING.ordinal(),
        JobState.QUEUED.ordinal(),
        row.bytes(),
        row.bytes());
    changed(ledger, row, JobState.QUEUED);
  }

  /**
   * T8: its runner is dead, or was silent for too long.
   *
   * @return whether the job is dead now, too
   */
  static boolean crashed(Ledger ledger, Row row, Duration keepDead) throws SQLException {
    int crashes = row.crashes() + 1;
    int solo = row.soloCrashes() + (row.suspect() ? 1 : 0);
    JobError error = new JobError("crashed", 0, "whoever ran it died or lost its lease");
    long now = ledger.now();
    log(
        ledger,
        row,
        new JobAttempt(
            row.deliveries(),
            Instant.ofEpochMilli(row.started()),
            Duration.ofMillis(Math.max(0, now - row.started())),
            "crashed",
            0,
            Optional.of(error)));
    if (solo < JobStore.POISON_CRASHES) {
      ledger.sql.update(CRASHED, lane(ledger, row, crashes), crashes, solo, row.seq());
      queued(ledger, row);
      return false;
    }
    ledger.sql.update(
        POISON,
        crashes,
        solo,
        now,
        now + keepDead.toMillis(),
        "poison",
        "whoever ran it died " + crashes + " times, " + solo + " times with this job alone",
        row.callback() ? (Object) 1 : null,
        row.seq());
    ledger.tally.move(
        row.queue(),
        row.route(),
        row.state().ordinal(),
        JobState.DEAD.ordinal(),
        row.bytes(),
        row.bytes());
    Groups.left(ledger, row.queue(), row.group());
    changed(ledger, row, JobState.DEAD);
    return true;
  }
}
