package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Pages of jobs, however many there are: each state of each queue is a range of its own in an
 * index, and what is asked for is merged from as many as there are.
 */
final class Listing {
  private static final String RANGES = "SELECT DISTINCT queue, state FROM tally WHERE n > 0";

  private record Range(String queue, JobState state) {}

  private final Sql sql;
  private final Names names;
  private final Statuses statuses;

  Listing(Sql sql, Names names) {
    this.sql = sql;
    this.names = names;
    this.statuses = new Statuses(sql, names);
  }

  /** See {@link io.tidegate.worker.store.JobStore#list}. */
  JobPage list(JobFilter filter, Optional<JobId> after, int limit) throws SQLException {
    List<JobStatus> found = new ArrayList<>();
    sql.update("BEGIN"); // A job that moves meanwhile is in one range, neither in two nor in none.
    try {
      for (JobFilter part : parts(filter)) {
        found.addAll(statuses.page(part, after, limit + 1));
      }
    } finally {
      sql.update("COMMIT");
    }
    found.sort(Comparator.comparing(JobStatus::id).reversed());
    boolean more = found.size() > limit;
    List<JobStatus> page = more ? found.subList(0, limit) : found;
    return new JobPage(page, more ? Optional.of(page.get(limit - 1).id()) : Optional.empty());
  }

  private List<JobFilter> parts(JobFilter filter) throws SQLException {
    boolean all = filter.queue().isEmpty() && filter.states().isEmpty();
    boolean ofTenant = filter.tenant().filter(name -> !name.isEmpty()).isPresent();
    if (all || ofTenant) {
      return List.of(filter); // Those are ranges, too.
    }
    return sql
        .all(
            RANGES,
            row -> new Range(names.text(sql, row.getInt(1)), JobState.values()[row.getInt(2)]))
        .stream()
        .filter(range -> filter.queue().map(range.queue::equals).orElse(true))
        .filter(range -> filter.states().isEmpty() || filter.states().contains(range.state))
        .map(range -> filter.withQueue(range.queue).withStates(range.state))
        .toList();
  }
}
