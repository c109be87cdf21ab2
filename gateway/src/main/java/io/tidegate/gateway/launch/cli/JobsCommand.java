package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks after the jobs and queues of a running node. */
final class JobsCommand implements Command {
  private static final List<String> FILTERS =
      List.of("queue", "state", "route", "since", "until", "error", "limit", "cursor");
  private static final List<String> CONDITIONS = List.of("route", "since", "until", "error");
  private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([smhd])");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  @Override
  public String name() {
    return "jobs";
  }

  @Override
  public String help() {
    return """
        usage: tidegate jobs COMMAND [ARGUMENT]...

          list [--queue Q]           jobs, the latest first
          show ID                    a job and each of its runs
          cancel ID... | retry ID... stops jobs; puts jobs that ended badly back
          queues | schedules         what there is
          dead Q                     jobs of a queue that need somebody to look
          requeue Q [--id ID]...     puts them back: those, or all that fit
          purge Q                    forgets them, the oldest first
          pause Q | resume Q         takes jobs and runs none; runs them again
          drain Q                    takes none, finishes all

        Requests are shown when asked for, results never.

          --state S[,S]              only of these states (requeue: dead, unless it says
                                     failed, canceled or expired)
          --route R, --error TYPE    only of a route; only with this type of last error
          --since T, --until T       only accepted in between; T is a time such as
                                     2031-05-04T03:00:00Z, or 2h for two hours ago
          --limit N                  at most so many
          --cursor ID                list, dead: goes on where a page ended
          --dry-run                  requeue: only count what would be put back
          --request                  show: what it is to do, without what may be secret
          --reveal                   show: with everything, credentials included
          --json                     the answer as it comes
        """
        + AdminClient.HELP
        + "\nExit code 1 when the node does not do it.\n";
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Map<String, String> own = new HashMap<>();
    FILTERS.forEach(name -> own.put("--" + name, "--" + name));
    own.put("--id", "--id");
    Arguments given =
        new Arguments(
            arguments,
            AdminClient.options(own),
            Set.of("--json", "--dry-run", "--request", "--reveal"));
    List<String> words = words(given);
    AdminClient node = new AdminClient(given, console);
    return switch (words.get(0)) {
      case "cancel", "retry" -> each(words, given, node, console);
      default -> {
        Optional<JsonObject> answer = ask(words, given, node);
        answer.ifPresent(json -> print(json, given, console));
        yield answer.isPresent() ? ExitCode.FINE : ExitCode.NO;
      }
    };
  }

  private static List<String> words(Arguments given) {
    return switch (given.wordsAndMore("what to do").get(0)) {
      case "list", "queues", "schedules" -> given.words("what to do");
      case "show" -> given.words("what to do", "the id of a job");
      case "cancel", "retry" -> given.wordsAndMore("what to do", "the id of a job");
      case "dead", "requeue", "purge", "pause", "resume", "drain" ->
          given.words("what to do", "the name of a queue");
      default ->
          throw new WrongUsage(
              "unknown: jobs " + given.wordsAndMore().get(0) + " (jobs --help lists all)");
    };
  }

  private static void print(JsonObject json, Arguments given, Console console) {
    if (given.has("--json")) {
      console.out().println(json.encode());
    } else {
      new JobsPrinter(console.out()).print(json);
    }
  }

  /** One after the other; the code is that of the worst. */
  private static int each(List<String> words, Arguments given, AdminClient node, Console console) {
    int code = ExitCode.FINE;
    for (String id : words.subList(1, words.size())) {
      Optional<JsonObject> answer =
          node.post("/jobs/" + encoded(id) + '/' + words.get(0), new JsonObject());
      if (answer.isEmpty()) {
        code = ExitCode.NO;
      } else if (given.has("--json")) {
        console.out().println(answer.get().encode());
      } else {
        new JobsPrinter(console.out()).changed(answer.get());
      }
    }
    return code;
  }

  private static Optional<JsonObject> ask(List<String> words, Arguments given, AdminClient node) {
    String what = words.get(0);
    return switch (what) {
      case "list" -> node.get("/jobs" + query(given, FILTERS));
      case "queues", "schedules" -> node.get("/" + what);
      case "show" -> node.get("/jobs/" + named(words) + part(given));
      case "dead" ->
          node.get(
              "/queues/"
                  + named(words)
                  + "/dead"
                  + query(given, List.of("route", "since", "until", "error", "limit", "cursor")));
      case "requeue" -> node.post("/queues/" + named(words) + "/dead/requeue", wish(given));
      case "purge" ->
          node.delete("/queues/" + named(words) + "/dead" + query(given, List.of("limit")));
      default -> node.post("/queues/" + named(words) + '/' + what, new JsonObject());
    };
  }

  private static String part(Arguments given) {
    if (given.has("--reveal")) {
      return "/request?reveal=true";
    }
    return given.has("--request") ? "/request" : "";
  }

  private static String named(List<String> words) {
    return encoded(words.get(1));
  }

  private static JsonObject wish(Arguments given) {
    JsonObject wish = new JsonObject().put("dry_run", given.has("--dry-run"));
    if (!given.all("--id").isEmpty()) {
      return wish.put("ids", new JsonArray(given.all("--id")));
    }
    JsonObject filter = new JsonObject();
    CONDITIONS.forEach(
        key -> given.one("--" + key).ifPresent(value -> filter.put(key, meant(key, value))));
    given
        .one("--state")
        .ifPresent(states -> filter.put("state", new JsonArray(List.of(states.split(",")))));
    given.one("--limit").ifPresent(limit -> wish.put("limit", limit));
    return wish.put("filter", filter);
  }

  private static String query(Arguments given, List<String> keys) {
    List<String> pairs = new ArrayList<>();
    for (String key : keys) {
      given.one("--" + key).ifPresent(value -> pairs.add(key + '=' + encoded(meant(key, value))));
    }
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  /** Times may be said as how long ago they were. */
  private static String meant(String key, String value) {
    Matcher ago = AGO.matcher(value);
    boolean time = key.equals("since") || key.equals("until");
    if (!time || !ago.matches()) {
      return value;
    }
    Duration back = Duration.of(Long.parseLong(ago.group(1)), UNITS.get(ago.group(2)));
    return Instant.now().minus(back).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
