package io.tidegate.gateway.offload;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobState;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which jobs somebody wants to see, and where to go on.
 *
 * @param after where the page before ended
 * @param limit jobs of a page
 */
public record JobQuery(JobFilter filter, Optional<JobId> after, int limit) {
  private static final int USUAL = 100;
  private static final Set<String> NAMES =
      new TreeSet<>(
          Set.of("queue", "state", "route", "since", "until", "error", "limit", "cursor"));

  /**
   * Reads a query; null: there is none.
   *
   * @throws IllegalArgumentException when it makes no sense; the message is for whoever asked
   */
  public static JobQuery read(String query) {
    var decoder = new QueryStringDecoder(query == null ? "" : query, false);
    JobFilter filter = JobFilter.ALL;
    Optional<JobId> after = Optional.empty();
    int limit = USUAL;
    for (Map.Entry<String, List<String>> each : decoder.parameters().entrySet()) {
      String value = each.getValue().get(0);
      switch (each.getKey()) {
        case "queue" -> filter = filter.withQueue(value);
        case "route" -> filter = filter.withRoute(value);
        case "since" -> filter = filter.withSince(time("since", value));
        case "until" -> filter = filter.withUntil(time("until", value));
        case "error" -> filter = filter.withError(value);
        case "state" -> filter = filter.withStates(states(each.getValue()));
        case "cursor" -> after = Optional.of(cursor(value));
        case "limit" -> limit = limit(value);
        default -> throw new WrongField(each.getKey(), value, "one of " + String.join(", ", NAMES));
      }
    }
    return new JobQuery(filter, after, limit);
  }

  private static Instant time(String name, String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new WrongField(name, value, "a time such as 2031-05-04T03:00:00Z");
    }
  }

  private static JobState[] states(List<String> values) {
    return values.stream()
        .flatMap(value -> List.of(value.split(",")).stream())
        .map(
            label ->
                JobState.of(label.trim())
                    .orElseThrow(() -> new WrongField("state", label, "a state of a job")))
        .toArray(JobState[]::new);
  }

  private static JobId cursor(String value) {
    return JobId.parse(value)
        .orElseThrow(() -> new WrongField("cursor", value, "the next of the page before"));
  }

  private static int limit(String value) {
    if (value.matches("[0-9]{1,4}")) {
      int limit = Integer.parseInt(value);
      if (limit >= 1 && limit <= JobPage.MAX_SIZE) {
        return limit;
      }
    }
    throw new WrongField("limit", value, "1 to " + JobPage.MAX_SIZE);
  }
}
