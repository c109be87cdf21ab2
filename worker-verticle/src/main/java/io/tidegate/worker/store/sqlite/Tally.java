package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many jobs there are, by queue, route and state. In memory for whoever writes, and in the file
 * with each commit: counting a million rows at every start would take too long. Confined to the
 * writer.
 */
final class Tally {
  private record Key(int queue, int route, int state) {}

  private static final class Cell {
    private long jobs;
    private long bytes;
  }

  /** Sums that admission asks for with each job. */
  static final class Sums {
    private long open;
    private long openBytes;

    /** Jobs that are not over, and the dead. */
    long jobs() {
      return open;
    }

    long bytes() {
      return openBytes;
    }
  }

  private final Map<Key, Cell> cells = new HashMap<>();
  private final Map<Key, Cell> changed = new LinkedHashMap<>();
  private final Map<Integer, Sums> sums = new HashMap<>();

  void load(Sql sql) throws SQLException {
    cells.clear();
    changed.clear();
    sums.clear();
    sql.all(
        "SELECT queue, route, state, n, bytes FROM tally",
        row -> {
          add(row.getInt(1), row.getInt(2), row.getInt(3), row.getLong(4), row.getLong(5));
          return null;
        });
    changed.clear();
  }

  void add(int queue, int route, int state, long jobs, long bytes) {
    Key key = new Key(queue, route, state);
    Cell cell = cells.computeIfAbsent(key, any -> new Cell());
    cell.jobs += jobs;
    cell.bytes += bytes;
    changed.put(key, cell);
    JobState of = JobState.values()[state];
    if (!of.terminal() || of == JobState.DEAD) {
      Sums all = sums(queue);
      all.open += jobs;
      all.openBytes += bytes;
    }
  }

  void move(int queue, int route, int from, int to, long bytes, long newBytes) {
    add(queue, route, from, -1, -bytes);
    add(queue, route, to, 1, newBytes);
  }

  Sums sums(int queue) {
    return sums.computeIfAbsent(queue, any -> new Sums());
  }

  /** Routes of a queue that have queued jobs. */
  List<Integer> queued(int queue) {
    List<Integer> routes = new ArrayList<>(2);
    for (Map.Entry<Key, Cell> entry : cells.entrySet()) {
      Key key = entry.getKey();
      if (key.queue == queue
          && key.state == JobState.QUEUED.ordinal()
          && entry.getValue().jobs > 0) {
        routes.add(key.route);
      }
    }
    return routes;
  }

  /** Jobs and bytes of one state of a queue. */
  long[] of(int queue, JobState state) {
    long[] sum = new long[2];
    cells.forEach(
        (key, cell) -> {
          if (key.queue == queue && key.state == state.ordinal()) {
            sum[0] += cell.jobs;
            sum[1] += cell.bytes;
          }
        });
    return sum;
  }

  /** Writes what changed, as the last part of a commit. */
  void write(Sql sql) throws SQLException {
    for (Map.Entry<Key, Cell> entry : changed.entrySet()) {
      Key key = entry.getKey();
      sql.update(
          "INSERT OR REPLACE INTO tally(queue, route, state, n, bytes) VALUES(?,?,?,?,?)",
          key.queue,
          key.route,
          key.state,
          entry.getValue().jobs,
          entry.getValue().bytes);
    }
    changed.clear();
  }
}
