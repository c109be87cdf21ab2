package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.store.Scheduled;
import io.tidegate.worker.store.Untold;
import io.tidegate.worker.store.sqlite.Readers.Reading;
import io.vertx.core.buffer.Buffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what is not a status: queues, schedules, ends that are still to be told, requests. */
final class Overview {
  private static final String OLDEST =
      "SELECT min(run_at) FROM (SELECT run_at FROM job WHERE queue=? AND route=? AND"
          + " lane IS NOT NULL ORDER BY lane, rank LIMIT 1)";
  private static final String UNTOLD =
      "SELECT j.hi, j.lo, j.generation, j.state, j.route, j.tenant, j.callback, j.finished,"
          + " r.parent, r.trace_state FROM job j JOIN job_req r ON r.seq = j.seq"
          + " WHERE j.untold = 1 ORDER BY j.finished LIMIT ?";

  private static final String INPUT =
      "SELECT r.method, r.uri, r.headers, r.body FROM job j JOIN job_req r ON r.seq = j.seq"
          + " WHERE j.hi=? AND j.lo=?";

  /** What is gathered of a queue. */
  private static final class Sum {
    private final Map<JobState, Long> depth = new EnumMap<>(JobState.class);
    private Mode mode = Mode.OPEN;
    private long bytes;
    private long oldest = Long.MAX_VALUE;
  }

  private Overview() {}

  static List<QueueStatus> queues(Reading reading, long now) throws SQLException {
    Map<String, Sum> sums = new TreeMap<>();
    Sql sql = reading.sql;
    sql.all(
        "SELECT queue, mode FROM queue WHERE mode <> 0",
        row -> {
          sum(reading, sums, row.getInt(1)).mode = Mode.values()[row.getInt(2)];
          return null;
        });
    sql.all(
        "SELECT queue, route, state, n, bytes FROM tally WHERE n <> 0",
        row -> {
          Sum sum = sum(reading, sums, row.getInt(1));
          JobState state = JobState.values()[row.getInt(3)];
          sum.depth.merge(state, row.getLong(4), Long::sum);
          sum.bytes += row.getLong(5);
          if (state == JobState.QUEUED) {
            long oldest = sql.number(OLDEST, row.getInt(1), row.getInt(2));
            sum.oldest = Math.min(sum.oldest, oldest == 0 ? Long.MAX_VALUE : oldest);
          }
          return null;
        });
    return sums.entrySet().stream()
        .map(entry -> status(entry.getKey(), entry.getValue(), now))
        .toList();
  }

  private static Sum sum(Reading reading, Map<String, Sum> sums, int queue) throws SQLException {
    return sums.computeIfAbsent(reading.names.text(reading.sql, queue), any -> new Sum());
  }

  private static QueueStatus status(String queue, Sum sum, long now) {
    return new QueueStatus(
        queue,
        sum.mode,
        sum.depth,
        sum.bytes,
        Duration.ofMillis(sum.oldest == Long.MAX_VALUE ? 0 : Math.max(0, now - sum.oldest)));
  }

  static Optional<JobCall> input(Reading reading, JobId id) throws SQLException {
    return reading.sql.one(
        INPUT,
        row ->
            new JobCall(
                row.getString(1),
                row.getString(2),
                Leasing.headers(row.getBytes(3)),
                Leasing.body(row.getBytes(4))),
        id.high(),
        id.low());
  }

  static List<Untold> untold(Reading reading, int limit) throws SQLException {
    return reading.sql.all(
        UNTOLD,
        row ->
            new Untold(
                new JobId(row.getLong(1), row.getLong(2)),
                row.getInt(3),
                JobState.values()[row.getInt(4)],
                reading.names.text(reading.sql, row.getInt(5)),
                row.getString(6),
                row.getString(7),
                Instant.ofEpochMilli(row.getLong(8)),
                Leasing.trace(row.getString(9), row.getString(10))),
        limit);
  }

  static List<Scheduled> schedules(Reading reading) throws SQLException {
    return reading.sql.all(
        "SELECT queue, name, options, last, hi, lo FROM schedule ORDER BY queue, name",
        Overview::scheduled);
  }

  private static Scheduled scheduled(ResultSet row) throws SQLException {
    byte[] options = row.getBytes(3);
    long last = row.getLong(4);
    boolean never = row.wasNull();
    long high = row.getLong(5);
    return new Scheduled(
        row.getString(1),
        row.getString(2),
        options == null
            ? Optional.empty()
            : Optional.of(ScheduleOptions.of(Buffer.buffer(options))),
        never ? Optional.empty() : Optional.of(Instant.ofEpochMilli(last)),
        high == 0 ? Optional.empty() : Optional.of(new JobId(high, row.getLong(6))));
  }
}
