package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Creation.Refused;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.NewJob;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** T1: takes jobs in. */
final class Create {
  private static final String INSERT =
      "INSERT INTO job(seq, hi, lo, queue, route, tenant, grp, ord, state, lane, prio, boost, rank,"
          + " run_at, deadline, lease_until, token, suspect, attempts, max_attempts, deliveries,"
          + " crashes, solo_crashes, deferrals, generation, version, bytes, created, started,"
          + " callback) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,?,?,0,0,0,0,?,?,?,?,?)"
          + " ON CONFLICT(hi, lo) DO NOTHING";
  private static final String REQUEST =
      "INSERT INTO job_req(seq, method, uri, headers, idem, parent, trace_state, body)"
          + " VALUES(?,?,?,?,?,?,?,?)";
  private static final String KNOWN_KEY = "SELECT hi, lo, fingerprint FROM idem WHERE hash=?";
  private static final String NEW_KEY =
      "INSERT OR REPLACE INTO idem(hash, fingerprint, hi, lo, until) VALUES(?,?,?,?,?)";
  private static final int HASH = 16;

  private record Key(JobId id, String fingerprint) {}

  /**
   * How a job begins.
   *
   * @param accepted what its receipt says
   * @param token of its lease; 0: none
   * @param leaseUntil null: there is none
   */
  private record Start(
      JobState accepted, JobState state, int version, long token, Long leaseUntil) {}

  private final Ledger ledger;
  private final boolean diskLow;

  /**
   * @param diskLow new jobs are to be refused for want of room
   */
  Create(Ledger ledger, boolean diskLow) {
    this.ledger = ledger;
    this.diskLow = diskLow;
  }

  List<Creation> all(List<NewJob> jobs, boolean atomic) throws SQLException {
    if (!atomic) {
      return each(jobs);
    }
    ledger.tally.write(ledger.sql); // What other steps counted is to be there after a rollback.
    int before = ledger.changes();
    ledger.sql.execute("SAVEPOINT together");
    List<Creation> made = each(jobs);
    boolean refused = made.stream().anyMatch(Refused.class::isInstance);
    if (refused) {
      ledger.sql.execute("ROLLBACK TO together");
      ledger.forget(before);
      made = made.stream().map(Create::together).toList();
    }
    ledger.sql.execute("RELEASE together");
    return made;
  }

  private static Creation together(Creation one) {
    boolean undone = one instanceof Made made && !made.replayed();
    return undone ? new Refused(Reason.BATCH_REFUSED) : one;
  }

  private List<Creation> each(List<NewJob> jobs) throws SQLException {
    List<Creation> made = new ArrayList<>(jobs.size());
    for (NewJob job : jobs) {
      made.add(one(job));
    }
    return made;
  }

  private Creation one(NewJob job) throws SQLException {
    JobRequest request = job.request();
    byte[] hash = request.key().isPresent() ? hash(request) : null;
    if (hash != null) {
      Optional<Creation> answered = answered(request.key().get(), hash);
      if (answered.isPresent()) {
        return answered.get();
      }
    }
    int queue = ledger.names.number(ledger.sql, request.queue());
    Optional<Reason> reason = limit(job, queue);
    if (reason.isPresent()) {
      Optional<Creation> there = Row.find(ledger.sql, request.id()).map(Create::replay);
      return there.orElseGet(() -> new Refused(reason.get()));
    }
    return insert(job, queue, hash);
  }

  private Optional<Creation> answered(IdempotencyKey key, byte[] hash) throws SQLException {
    Optional<Key> known =
        ledger.sql.one(
            KNOWN_KEY,
            row -> new Key(new JobId(row.getLong(1), row.getLong(2)), row.getString(3)),
            (Object) hash);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    if (!known.get().fingerprint.equals(key.fingerprint())) {
      return Optional.of(new Refused(Reason.KEY_REUSED));
    }
    JobId id = known.get().id;
    // Forgotten before its key: what was promised was done.
    return Optional.of(
        Row.find(ledger.sql, id)
            .map(Create::replay)
            .orElseGet(
                () ->
                    new Made(
                        id,
                        JobState.SUCCEEDED,
                        Instant.ofEpochMilli(id.millis()),
                        true,
                        Optional.empty())));
  }

  private static Creation replay(Row row) {
    return new Made(
        row.id(), row.state(), Instant.ofEpochMilli(row.created()), true, Optional.empty());
  }

  private Optional<Reason> limit(NewJob job, int queue) {
    if (ledger.mode(queue) == Mode.DRAINING) {
      return Optional.of(Reason.DRAINING);
    }
    Tally.Sums sums = ledger.tally.sums(queue);
    if (sums.jobs() >= job.limits().depth()
        || sums.bytes() + job.request().call().size() > job.limits().bytes()) {
      return Optional.of(Reason.QUEUE_FULL);
    }
    return diskLow ? Optional.of(Reason.DISK_LOW) : Optional.empty();
  }

  private Creation insert(NewJob job, int queue, byte[] hash) throws SQLException {
    JobRequest request = job.request();
    JobTerms terms = request.terms();
    long now = ledger.now();
    long runAt = Math.max(now, job.runAt().map(Instant::toEpochMilli).orElse(now));
    Start start = start(job, queue, runAt, now);
    JobState state = start.state;
    long seq = ledger.nextSeq();
    int route = ledger.names.number(ledger.sql, request.route());
    Integer lane =
        state == JobState.QUEUED ? Groups.lane(ledger.sql, queue, terms.group(), seq, 0) : null;
    long boost = terms.priority() * job.aging().toMillis();
    int bytes = request.call().size();
    int inserted =
        ledger.sql.update(
            INSERT,
            seq,
            request.id().high(),
            request.id().low(),
            queue,
            route,
            request.tenant(),
            terms.group(),
            seq,
            state.ordinal(),
            lane,
            terms.priority(),
            boost,
            runAt - boost,
            runAt,
            job.deadline().toEpochMilli(),
            start.leaseUntil,
            start.token,
            job.maxAttempts(),
            start.token == 0 ? 0 : 1,
            start.version,
            bytes,
            now,
            start.token == 0 ? null : (Object) now,
            terms.callback().isEmpty() ? null : terms.callback());
    if (inserted == 0) {
      return replay(Row.find(ledger.sql, request.id()).orElseThrow());
    }
    keep(request, seq, hash, now);
    ledger.tally.add(queue, route, state.ordinal(), 1, bytes);
    ledger.changed(request.id(), request.queue(), state, start.version);
    Optional<Lease> lease =
        start.token == 0 ? Optional.empty() : Optional.of(new Lease(request.id(), start.token));
    return new Made(request.id(), start.accepted, Instant.ofEpochMilli(now), false, lease);
  }

  private Start start(NewJob job, int queue, long runAt, long now) {
    JobState waiting = runAt > now ? JobState.SCHEDULED : JobState.QUEUED;
    Optional<NewJob.Grant> grant =
        job.running()
            .filter(asked -> !asked.whenIdle() || idle(queue, job.request().terms(), waiting));
    if (grant.isEmpty()) {
      return new Start(waiting, waiting, 1, 0, null);
    }
    boolean waited = grant.get().whenIdle();
    return new Start(
        waited ? waiting : JobState.RUNNING,
        JobState.RUNNING,
        waited ? 2 : 1, // T1 and T3 in one.
        ledger.nextToken(),
        now + grant.get().lease().toMillis());
  }

  /** Whether a job may go before it waited: nobody is there who came first. */
  private boolean idle(int queue, JobTerms terms, JobState waiting) {
    return waiting == JobState.QUEUED
        && terms.group().isEmpty()
        && ledger.mode(queue) == Mode.OPEN
        && ledger.tally.queued(queue).isEmpty();
  }

  private void keep(JobRequest request, long seq, byte[] hash, long now) throws SQLException {
    JobCall call = request.call();
    ledger.sql.update(
        REQUEST,
        seq,
        call.method(),
        call.uri(),
        call.headers().flat().isEmpty() ? null : call.headers().toBuffer().getBytes(),
        request.key().map(IdempotencyKey::value).orElse(null),
        request.trace().exists() ? request.trace().traceparent() : null,
        request.trace().state().isEmpty() ? null : request.trace().state(),
        call.body().length() == 0 ? null : call.body().getBytes());
    if (hash != null) {
      ledger.sql.update(
          NEW_KEY,
          hash,
          request.key().orElseThrow().fingerprint(),
          request.id().high(),
          request.id().low(),
          now + JobStore.REMEMBERED.toMillis());
    }
  }

  /** Half a digest is enough: it is nobody's interest to collide with himself. */
  private static byte[] hash(JobRequest request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String key = request.key().orElseThrow().value();
      for (String part : List.of(request.tenant(), request.route(), key)) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
      }
      return Arrays.copyOf(digest.digest(), HASH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
