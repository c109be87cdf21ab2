package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lets a running node forget, and tells what it remembers. */
final class CacheCommand implements Command {
  private static final List<String> KINDS = List.of("url", "prefix", "tag");

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public String help() {
    return """
        usage: tidegate cache purge (--url URL | --prefix PREFIX | --tag TAG | --all) [--soft]
               tidegate cache stats

        purge lets a running node forget stored responses, in every tier and on every node of
        its cluster. stats tells what it has in memory, and how often that helped.

          --url URL                  one URL as clients ask for it, all its variants
          --prefix PREFIX            all URLs that begin so, as http://example.com/news/
          --tag TAG                  all with this Surrogate-Key, Cache-Tag or tag of the route
          --all                      everything
          --soft                     mark as stale only: still given while a new one is fetched,
                                     or when the upstream fails
        """
        + AdminClient.HELP
        + "\nExit code 1 when the node does not do it.\n";
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Map<String, String> valued =
        AdminClient.options(Map.of("--url", "--url", "--prefix", "--prefix", "--tag", "--tag"));
    Arguments given = new Arguments(arguments, valued, Set.of("--all", "--soft"));
    String what = given.words("purge or stats").get(0);
    AdminClient node = new AdminClient(given, console);
    return switch (what) {
      case "purge" -> purge(order(given), node, console.out());
      case "stats" -> stats(node, console.out());
      default -> throw new WrongUsage("expected purge or stats, found " + what);
    };
  }

  private static JsonObject order(Arguments given) {
    JsonObject order = new JsonObject();
    for (String kind : KINDS) {
      given.one("--" + kind).ifPresent(text -> order.put(kind, text));
    }
    if (given.has("--all")) {
      order.put("all", true);
    }
    if (order.size() != 1) {
      throw new WrongUsage("expected one of --url, --prefix, --tag, --all");
    }
    return given.has("--soft") ? order.put("soft", true) : order;
  }

  private static int purge(JsonObject order, AdminClient node, PrintStream out) {
    Optional<JsonObject> answer = node.post("/cache/purge", order);
    answer.ifPresent(
        done ->
            out.println(
                done.getLong("purged", 0L)
                    + (order.getBoolean("soft", false) ? " marked as stale" : " forgotten")
                    + " in the memory of this node"));
    return answer.isPresent() ? ExitCode.FINE : ExitCode.NO;
  }

  private static int stats(AdminClient node, PrintStream out) {
    Optional<JsonObject> answer = node.get("/cache");
    answer.ifPresent(
        cache -> {
          Table rows = new Table();
          rows.addAll("memory", cache.getJsonObject("memory"));
          rows.addAll("evictions", cache.getJsonObject("evictions"));
          JsonArray routes = cache.getJsonArray("routes");
          for (int i = 0; i < routes.size(); i++) {
            JsonObject route = routes.getJsonObject(i);
            rows.addAll("route " + route.remove("id"), route);
          }
          rows.print(out);
        });
    return answer.isPresent() ? ExitCode.FINE : ExitCode.NO;
  }
}
