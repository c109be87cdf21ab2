package io.tidegate.gateway.config;

import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.route.PathPattern;
import io.tidegate.worker.api.QueueOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What no table can say of jobs: references, contradictions, paths that are taken. */
final class OffloadChecks {
  private final Fields file;
  private final Problems problems;

  OffloadChecks(Fields file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  void run() {
    file.section("queues")
        .values()
        .values()
        .forEach(
            value -> {
              if (value instanceof Fields queue) {
                queue(queue);
              }
            });
    if (!file.section("queues").values().isEmpty()) {
      prefix();
    }
  }

  /** References and contradictions within one route, defaults merged under it. */
  static void route(Fields route, Fields queues, Problems problems) {
    Fields async = route.section("async");
    if (route.has("async") && !route.isOff("async") && !route.isBroken("async")) {
      if (async.has("queue")) {
        reference(async, queues, problems);
      } else {
        problems.error(async.place().missing("queue"), "found nothing, expected a queue");
      }
      local(route, async, queues, problems);
      together(route, async, queues, problems);
    }
    for (Value value : route.items("fallback")) {
      if (value instanceof Fields option && option.has("queue")) {
        reference(option, queues, problems);
        if (isHandled(queues, option)) {
          String message = "found a queue with a handler, expected one whose jobs are forwarded";
          problems.error(option.placeOf("queue"), message);
        }
      }
    }
  }

  private static void reference(Fields fields, Fields queues, Problems problems) {
    Optional<String> name = fields.text("queue");
    if (name.isPresent() && !queues.has(name.get())) {
      String hint =
          Nearest.to(name.get(), queues.values().keySet())
              .map(near -> " (did you mean " + near + "?)")
              .orElse(queues.values().isEmpty() ? " (there is none)" : "");
      problems.error(
          fields.placeOf("queue"),
          "found " + fields.shown("queue") + ", expected the name of a queue" + hint);
    }
  }

  /** Several jobs in one call: of what queue, and whose path. */
  private static void together(Fields route, Fields async, Fields queues, Problems problems) {
    Optional<String> path = async.text("batch");
    if (path.isEmpty()) {
      return;
    }
    Fields queue = queues.section(async.text("queue").orElse(""));
    if (queue.section("batch").whole("size", 1) < 2 || queue.has("handler")) {
      problems.error(
          async.placeOf("batch"),
          "found a path, expected a queue whose batch has a size of 2 or more, without handler");
    }
    String pattern = route.section("match").text("path").orElse("/**");
    if (!PathPattern.parse(pattern).matches(path.get())) {
      problems.error(
          async.placeOf("batch"),
          "found " + async.shown("batch") + ", expected a path that fits " + pattern);
    }
  }

  /** What answers on the spot needs no job, unless a handler does the work. */
  private static void local(Fields route, Fields async, Fields queues, Problems problems) {
    boolean calls = route.has("upstream") || route.has("split");
    boolean own = route.placeOf("async").path().startsWith("routes");
    if (!calls && own && !isHandled(queues, async)) {
      problems.error(
          route.placeOf("async"),
          "found async, expected a route to an upstream, or a queue with a handler");
    }
  }

  private static boolean isHandled(Fields queues, Fields reference) {
    return reference.text("queue").filter(name -> queues.section(name).has("handler")).isPresent();
  }

  private void queue(Fields queue) {
    Checks.atMost(queue.section("retry").section("backoff"), "base", "max", problems);
    batch(queue);
    List<Map.Entry<String, Place>> names = new ArrayList<>();
    for (Value value : queue.items("schedule")) {
      if (value instanceof Fields schedule) {
        String name =
            schedule.text("name").or(() -> schedule.section("request").text("path")).orElse("");
        Place place =
            schedule.has("name")
                ? schedule.placeOf("name")
                : schedule.section("request").placeOf("path");
        names.add(Map.entry(name, place));
      }
    }
    Checks.repeated(names)
        .forEach(
            (name, at) -> problems.error(at, "found this schedule twice, expected other names"));
  }

  private void batch(Fields queue) {
    Fields batch = queue.section("batch");
    Duration timeout = queue.duration("timeout", QueueOptions.DEFAULTS.timeout());
    boolean late = batch.duration("wait").filter(w -> w.compareTo(timeout) >= 0).isPresent();
    if (late && !queue.isBroken("timeout")) {
      problems.error(
          batch.placeOf("wait"),
          "found "
              + Checks.bare(batch, "wait")
              + ", expected less than timeout, "
              + Units.write(timeout));
    }
    int depth = queue.whole("max-depth", QueueOptions.DEFAULTS.admission().depth());
    if (batch.whole("size", 1) > depth) {
      problems.error(
          batch.placeOf("size"),
          "found " + batch.whole("size", 1) + ", expected at most max-depth, " + depth);
    }
  }

  /** A route under the prefix would never be reached. */
  private void prefix() {
    String prefix = file.section("jobs").text("prefix").orElse(OffloadOptions.PREFIX);
    for (Value value : file.items("routes")) {
      if (value instanceof Fields route) {
        Fields match = route.section("match");
        String path = match.text("path").orElse("/**");
        if (path.equals(prefix) || path.startsWith(prefix + '/')) {
          problems.error(
              match.placeOf("path"),
              "found a path under jobs.prefix, " + prefix + ", expected another one");
        }
      }
    }
  }
}
