package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.rehearsal.Expectation;
import io.tidegate.gateway.rehearsal.Rehearsal;
import io.tidegate.gateway.rehearsal.RehearsalOptions;
import io.tidegate.gateway.rehearsal.RehearsalReport;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plays faults against a file's policies and prints what clients and upstreams saw. */
final class RehearseCommand implements Command {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m)");

  private static final Map<String, String> VALUED =
      Map.of(
          "--time", "--time",
          "--rate", "--rate",
          "--lanes", "--lanes",
          "--scenario", "--scenario",
          "--route", "--route",
          "--assert", "--assert");

  private final Program program;

  RehearseCommand(Program program) {
    this.program = program;
  }

  @Override
  public String name() {
    return "rehearse";
  }

  @Override
  public String help() {
    return """
        usage: tidegate rehearse FILE [OPTION]...

        Starts the gateway of FILE in this process with every upstream replaced by a
        scripted faulty one, plays scenarios against each route on loopback sockets, and
        prints a table of what clients and upstreams saw. Exit code 1 when an
        expectation is missed.

          --time TIME           for all together, such as 60s or 5m; default: 60s
          --rate N              requests per second on each route; default: 20
          --lanes N             scenarios that are played at once; default: 5
          --scenario NAME,...   only these; default: all of
                                %s
          --route ID,...        only these; default: all that call an upstream
          --assert COND,...     such as success>=99%%,p99<=500ms,healthy:amplification<=1.3
          --json                one JSON object instead of the table
        """
        .formatted(Rehearsal.scenarios().replace(", ", ",\n                        "));
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Arguments given = new Arguments(arguments, VALUED, Set.of("--json"));
    String file = given.words("FILE").get(0);
    RehearsalOptions options = options(given);
    Optional<GatewayOptions> gateway = FileArgument.options(file, console);
    if (gateway.isEmpty()) {
      return ExitCode.NO;
    }
    try {
      RehearsalReport report =
          program.rehearse(new RehearseRequest(gateway.get(), options, console.err()::println));
      String answer = given.has("--json") ? report.toJson().encodePrettily() : report.toTable();
      console.out().println(answer.stripTrailing());
      return report.passed() ? ExitCode.FINE : ExitCode.NO;
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(e.getMessage());
    }
  }

  private static RehearsalOptions options(Arguments given) {
    RehearsalOptions d = RehearsalOptions.DEFAULTS;
    try {
      return new RehearsalOptions(
          given.one("--time").map(RehearseCommand::time).orElse(d.time()),
          given.one("--rate").map(text -> number("--rate", text)).orElse(d.rate()),
          given.one("--lanes").map(text -> number("--lanes", text)).orElse(d.lanes()),
          names(given.all("--scenario")),
          names(given.all("--route")),
          given.all("--assert").stream().flatMap(t -> Expectation.parse(t).stream()).toList());
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(e.getMessage());
    }
  }

  private static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new WrongUsage("--time: " + text + " (expected: such as 60s or 5m)");
    }
    long number = Long.parseLong(matcher.group(1));
    return matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
  }

  private static int number(String option, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new WrongUsage(option + ": " + text + " (expected: a whole number)");
    }
  }

  private static Set<String> names(List<String> lists) {
    Set<String> names = new LinkedHashSet<>();
    lists.forEach(list -> names.addAll(List.of(list.split(","))));
    return names;
  }
}
