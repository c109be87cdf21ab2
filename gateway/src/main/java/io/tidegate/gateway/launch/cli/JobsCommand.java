package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks after the jobs and queues of a running node. */
final class JobsCommand implements Command {
  private static final List<String> FILTERS = List.of("queue", "state", "route", "since", "limit");
  private static final List<String> COLUMNS =
      List.of("id", "state", "queue", "route", "attempts", "created_at");

  @Override
  public String name() {
    return "jobs";
  }

  @Override
  public String help() {
    return """
        usage: tidegate jobs list [--queue Q] [--state S] [--route R] [--since TIME] [--limit N]
               tidegate jobs queues | show ID | cancel ID | retry ID
               tidegate jobs dead Q | requeue Q [--dry-run] | purge Q
               tidegate jobs pause Q | resume Q | drain Q

        dead lists the dead jobs of a queue, requeue puts them back, purge forgets them; --limit
        says how many. Requests and results are never shown.

          --json                     the answer as it comes
          --dry-run                  only count what would be put back
        """
        + AdminClient.HELP
        + "\nExit code 1 when the node does not do it.\n";
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Map<String, String> own =
        Map.of(
            "--queue", "--queue",
            "--state", "--state",
            "--route", "--route",
            "--since", "--since",
            "--limit", "--limit");
    Arguments given =
        new Arguments(arguments, AdminClient.options(own), Set.of("--json", "--dry-run"));
    boolean ofAll = arguments.contains("list") || arguments.contains("queues");
    List<String> words = ofAll ? given.words("what to do") : given.words("what to do", "its name");
    AdminClient node = new AdminClient(given, console);
    Optional<JsonObject> answer = ask(words, given, node);
    answer.ifPresent(json -> print(json, given.has("--json"), console.out()));
    return answer.isPresent() ? ExitCode.FINE : ExitCode.NO;
  }

  private static Optional<JsonObject> ask(List<String> words, Arguments given, AdminClient node) {
    String what = words.get(0);
    return switch (what) {
      case "list" -> node.get("/jobs" + query(given, FILTERS));
      case "queues" -> node.get("/queues");
      case "show" -> node.get("/jobs/" + named(words));
      case "cancel", "retry" -> node.post("/jobs/" + named(words) + '/' + what, new JsonObject());
      case "dead" -> node.get("/queues/" + named(words) + "/dead" + query(given, List.of("limit")));
      case "requeue" -> node.post("/queues/" + named(words) + "/dead/requeue", wish(given));
      case "purge" ->
          node.delete("/queues/" + named(words) + "/dead" + query(given, List.of("limit")));
      case "pause", "resume", "drain" ->
          node.post("/queues/" + named(words) + '/' + what, new JsonObject());
      default -> throw new WrongUsage("unknown: jobs " + what + " (jobs --help lists all)");
    };
  }

  private static String named(List<String> words) {
    return encoded(words.get(1));
  }

  private static JsonObject wish(Arguments given) {
    JsonObject wish = new JsonObject().put("dry_run", given.has("--dry-run"));
    given.one("--limit").ifPresent(limit -> wish.put("limit", limit));
    return wish;
  }

  private static String query(Arguments given, List<String> keys) {
    List<String> pairs = new ArrayList<>();
    for (String key : keys) {
      given.one("--" + key).ifPresent(value -> pairs.add(key + '=' + encoded(value)));
    }
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void print(JsonObject json, boolean asItCame, PrintStream out) {
    if (asItCame) {
      out.println(json.encode());
    } else if (json.containsKey("jobs")) {
      rows(json.getJsonArray("jobs"), out);
    } else {
      Table table = new Table();
      table.addAll("", json);
      table.print(out);
    }
  }

  private static void rows(JsonArray jobs, PrintStream out) {
    out.printf("%-36s  %-9s  %-16s  %-16s  %8s  %s%n", COLUMNS.toArray());
    for (int i = 0; i < jobs.size(); i++) {
      JsonObject job = jobs.getJsonObject(i);
      out.printf(
          "%-36s  %-9s  %-16s  %-16s  %8s  %s%n",
          COLUMNS.stream().map(key -> String.valueOf(job.getValue(key))).toArray());
    }
  }
}
