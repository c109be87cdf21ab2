package io.tidegate.worker.store.sqlite;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus.Counters;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.vertx.core.buffer.Buffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** T3: gives jobs out, and holds leases. */
final class Leasing {
  private static final String READY =
      "SELECT seq, rank FROM job WHERE queue=? AND route=? AND lane=? AND deadline > ?"
          + " ORDER BY rank, seq LIMIT ?";
  private static final String LEASE =
      "UPDATE job SET state=2, lane=NULL, lease_until=?, token=?, suspect=?, started=?,"
          + " deliveries=deliveries+1, version=version+1 WHERE seq=?";
  private static final String LEASED =
      "SELECT j.hi, j.lo, j.route, j.tenant, j.attempts, j.max_attempts, j.deliveries, j.crashes,"
          + " j.solo_crashes, j.deferrals, j.created, j.run_at, j.deadline, j.version, j.bytes,"
          + " r.method, r.uri, r.headers, r.body, r.idem, r.parent, r.trace_state"
          + " FROM job j JOIN job_req r ON r.seq = j.seq WHERE j.seq=?";
  private static final String RENEW =
      "UPDATE job SET lease_until=? WHERE hi=? AND lo=? AND token=? AND state=2";

  private record Head(long seq, long rank) {}

  private Leasing() {}

  static List<Leased> lease(Ledger ledger, LeaseAsk ask) throws SQLException {
    int queue = ledger.names.known(ask.queue());
    if (queue < 0 || ledger.mode(queue) == Mode.PAUSED) {
      return List.of();
    }
    List<Integer> routes = new ArrayList<>(ledger.tally.queued(queue));
    routes.removeIf(route -> ask.except().contains(ledger.names.text(route)));
    List<Leased> leased = new ArrayList<>(ask.most());
    if (ask.suspects()) {
      take(ledger, ask, heads(ledger, queue, routes, Groups.SUSPECTS, 1), true, leased);
    }
    int most = ask.most() - leased.size();
    if (most > 0) {
      take(ledger, ask, heads(ledger, queue, routes, Groups.USUAL, most), false, leased);
    }
    return leased;
  }

  private static List<Head> heads(
      Ledger ledger, int queue, List<Integer> routes, int lane, int most) throws SQLException {
    List<Head> heads = new ArrayList<>(most);
    for (int route : routes) {
      heads.addAll(
          ledger.sql.all(
              READY,
              row -> new Head(row.getLong(1), row.getLong(2)),
              queue,
              route,
              lane,
              ledger.now(),
              most));
    }
    if (routes.size() > 1) {
      heads.sort(Comparator.comparingLong(Head::rank).thenComparingLong(Head::seq));
    }
    return heads.size() > most ? heads.subList(0, most) : heads;
  }

  private static void take(
      Ledger ledger, LeaseAsk ask, List<Head> heads, boolean suspect, List<Leased> to)
      throws SQLException {
    long now = ledger.now();
    for (Head head : heads) {
      long token = ledger.nextToken();
      ledger.sql.update(LEASE, now + ask.lease().toMillis(), token, suspect ? 1 : 0, now, head.seq);
      to.add(
          ledger
              .sql
              .one(LEASED, row -> read(ledger, ask.queue(), token, suspect, row), head.seq)
              .orElseThrow());
    }
  }

  private static Leased read(
      Ledger ledger, String queue, long token, boolean suspect, ResultSet row) throws SQLException {
    JobId id = new JobId(row.getLong(1), row.getLong(2));
    int route = row.getInt(3);
    long bytes = row.getLong(15);
    ledger.tally.move(
        ledger.names.known(queue),
        route,
        JobState.QUEUED.ordinal(),
        JobState.RUNNING.ordinal(),
        bytes,
        bytes);
    ledger.changed(id, queue, JobState.RUNNING, row.getLong(14));
    String key = row.getString(20);
    return new Leased(
        new Lease(id, token),
        queue,
        ledger.names.text(route),
        row.getString(4),
        call(row),
        key == null ? id.toString() : key,
        trace(row.getString(21), row.getString(22)),
        new Counters(
            row.getInt(5),
            row.getInt(6),
            row.getInt(7),
            row.getInt(8),
            row.getInt(9),
            row.getInt(10)),
        Instant.ofEpochMilli(row.getLong(11)),
        Instant.ofEpochMilli(row.getLong(12)),
        Instant.ofEpochMilli(row.getLong(13)),
        suspect);
  }

  private static JobCall call(ResultSet row) throws SQLException {
    return new JobCall(
        row.getString(16), row.getString(17), headers(row.getBytes(18)), body(row.getBytes(19)));
  }

  static JobHeaders headers(byte[] bytes) {
    return bytes == null ? JobHeaders.NONE : JobHeaders.of(Buffer.buffer(bytes));
  }

  static Buffer body(byte[] bytes) {
    return bytes == null ? Buffer.buffer() : Buffer.buffer(bytes);
  }

  static TraceContext trace(String parent, String state) {
    return parent == null
        ? TraceContext.NONE
        : TraceContext.parse(parent, state == null ? "" : state);
  }

  static List<Lease> renew(Ledger ledger, List<Lease> leases, Duration lease) throws SQLException {
    long until = ledger.now() + lease.toMillis();
    List<Lease> lost = new ArrayList<>();
    for (Lease one : leases) {
      if (ledger.sql.update(RENEW, until, one.id().high(), one.id().low(), one.token()) == 0) {
        lost.add(one);
      }
    }
    return lost;
  }
}
