package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.route.Explanation;
import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.route.RequestTarget;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.RouteTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Shows which route takes a request, what would be done for it, and why no other takes it. */
final class ExplainCommand implements Command {
  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String help() {
    return """
        usage: tidegate explain FILE METHOD URL [-H NAME:VALUE]...

        Shows which route of FILE takes the request, its whole policy with every default
        filled in, what would be called, and why every other route does not take it.
        Nothing is sent. Exit code 1 when no route takes the request.

          URL                        http://host/path?query, or /path?query for no host
          -H, --header NAME:VALUE    a header of the request; may be given several times
        """;
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Map<String, String> valued = Map.of("-H", "--header", "--header", "--header");
    Arguments given = new Arguments(arguments, valued, Set.of());
    List<String> words = given.words("FILE", "METHOD", "URL");
    AskedRequest request = AskedRequest.of(words.get(1), words.get(2), given.all("--header"));
    Optional<GatewayOptions> file = FileArgument.options(words.get(0), console);
    return file.isEmpty() ? ExitCode.NO : explain(request, file.get(), console.out());
  }

  private static int explain(AskedRequest request, GatewayOptions file, PrintStream out) {
    out.println(request.method() + " " + request.url());
    out.println();
    if (request.target() instanceof RequestTarget.Invalid invalid) {
      out.println("400: " + invalid.reason());
      return ExitCode.NO;
    }
    RequestTarget.Valid target = (RequestTarget.Valid) request.target();
    RouteTable<RouteOptions> table =
        RouteTable.build(file.routes().stream().map(r -> new RouteTable.Entry<>(r, r)).toList());
    Match<RouteOptions> match =
        table.match(
            request.host(), target.path(), request.method(), request.headers(), target.query());
    boolean found = answer(match, target, file, out);
    List<Explanation> all =
        table.explain(
            request.host(), target.path(), request.method(), request.headers(), target.query());
    others(all, file, out);
    return found ? ExitCode.FINE : ExitCode.NO;
  }

  private static boolean answer(
      Match<RouteOptions> match, RequestTarget.Valid target, GatewayOptions file, PrintStream out) {
    if (match instanceof Match.Found<RouteOptions> found) {
      new RouteView(found, target, file).print(out);
      return true;
    }
    if (match instanceof Match.MethodNotAllowed<RouteOptions> refused) {
      String allow = String.join(", ", new TreeSet<>(refused.allow()));
      out.println("no route takes this method: 405, Allow: " + allow);
    } else {
      out.println("no route takes this request: 404");
    }
    return false;
  }

  private static void others(List<Explanation> all, GatewayOptions file, PrintStream out) {
    Table rows = new Table();
    for (int i = 0; i < all.size(); i++) {
      if (!all.get(i).chosen()) {
        rows.add(all.get(i).routeId(), why(all.get(i), file.routes().get(i)));
      }
    }
    if (!rows.isEmpty()) {
      out.println();
      out.println("other routes");
      rows.print(out);
    }
  }

  private static String why(Explanation explanation, RouteOptions route) {
    return explanation
        .mismatch()
        .map(
            mismatch ->
                switch (mismatch) {
                  case "host" -> "other host: takes " + String.join(", ", route.match().hosts());
                  case "path" -> "other path: takes " + route.match().path();
                  case "method" ->
                      "other method: takes "
                          + String.join(", ", new TreeSet<>(route.match().methods()));
                  // Its value may be a secret.
                  default -> "its condition on " + mismatch + " is not met";
                })
        .orElse("fits as well, and is less specific or comes later in the file");
  }
}
