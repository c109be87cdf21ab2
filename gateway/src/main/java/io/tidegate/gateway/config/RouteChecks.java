package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.PathPattern;
import io.tidegate.gateway.route.Redirector;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.Rewriter;
import io.tidegate.gateway.route.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** References and contradictions within one route, defaults merged under it. */
final class RouteChecks {
  private static final Set<Integer> BODILESS = Set.of(204, 205, 304);

  private final Fields route;
  private final Set<String> upstreams;
  private final Problems problems;

  /**
   * @param upstreams names that may be referred to
   */
  RouteChecks(Fields route, Set<String> upstreams, Problems problems) {
    this.route = route;
    this.upstreams = upstreams;
    this.problems = problems;
  }

  void run() {
    reference(route);
    reference(route.section("mirror"));
    split();
    fallback();
    timeout();
    Checks.atMost(route.section("retry").section("backoff"), "base", "max", problems);
    rewrite();
    redirect();
    bodiless(route.section("respond"));
    fault();
  }

  private void reference(Fields fields) {
    fields
        .text("upstream")
        .filter(name -> !upstreams.contains(name))
        .ifPresent(
            name -> {
              String found = "found " + fields.shown("upstream");
              problems.error(fields.placeOf("upstream"), found + unknown(name));
            });
  }

  private String unknown(String name) {
    String hint =
        Nearest.to(name, upstreams)
            .map(near -> " (did you mean " + near + "?)")
            .orElse(upstreams.isEmpty() ? " (there is none)" : "");
    return ", expected the name of an upstream" + hint;
  }

  private void split() {
    List<Map.Entry<String, Place>> names = new ArrayList<>();
    long sum = 0;
    boolean whole = true;
    for (Value value : route.items("split")) {
      if (value instanceof Fields share) {
        reference(share);
        share.text("upstream").ifPresent(n -> names.add(Map.entry(n, share.placeOf("upstream"))));
        sum += share.whole("weight", 1);
        whole &= !share.isBroken("weight");
      }
    }
    Checks.repeated(names)
        .forEach((name, at) -> problems.error(at, "found this upstream twice, expected it once"));
    if (!names.isEmpty() && whole && sum == 0) {
      problems.error(route.placeOf("split"), "found only weights of 0, expected one above");
    }
  }

  private void fallback() {
    for (Value value : route.items("fallback")) {
      if (value instanceof Fields option) {
        reference(option);
        bodiless(option);
      } else if (value instanceof Value.Single && (!route.has("cache") || route.isOff("cache"))) {
        problems.error(value.place(), "found stale, expected a route with cache");
      }
    }
  }

  private void bodiless(Fields answer) {
    int status = answer.whole("status", 200);
    if (BODILESS.contains(status) && (answer.has("body") || answer.has("json"))) {
      problems.error(
          answer.placeOf(answer.has("body") ? "body" : "json"),
          "found a body, expected none with this status");
    }
  }

  /** A total set closer to the route than the attempt cuts it instead: it is the newer word. */
  private void timeout() {
    Fields timeout = route.section("timeout");
    Optional<Duration> attempt = timeout.duration("attempt");
    boolean own = timeout.placeOf("attempt").path().startsWith("routes");
    boolean above = timeout.has("total") && timeout.placeOf("total").path().startsWith("routes");
    if (attempt.isEmpty() || timeout.isBroken("total") || (above && !own)) {
      return;
    }
    Duration total = timeout.duration("total", TimeoutOptions.DEFAULTS.total());
    if (attempt.get().compareTo(total) > 0) {
      String most =
          timeout.has("total")
              ? Checks.bare(timeout, "total")
              : Units.write(total) + " (the default)";
      String expected = ", expected at most timeout.total, " + most;
      String found = "found " + Checks.bare(timeout, "attempt");
      problems.error(timeout.placeOf("attempt"), found + expected);
    }
  }

  private void rewrite() {
    Fields rewrite = route.section("rewrite");
    RewriteOptions none = RewriteOptions.NONE;
    for (String key : List.of("path", "strip-prefix", "add-prefix")) {
      Optional<String> text = rewrite.text(key);
      Optional<String> path = key.equals("path") ? text : none.path();
      Optional<String> strip = key.equals("strip-prefix") ? text : none.stripPrefix();
      Optional<String> add = key.equals("add-prefix") ? text : none.addPrefix();
      RewriteOptions alone = new RewriteOptions(strip, add, path, none.host());
      compiles(rewrite, key, pattern -> Rewriter.compile(alone, pattern));
    }
  }

  private void redirect() {
    Fields redirect = route.section("redirect");
    String to = redirect.text("to").orElse("");
    Target.Redirect target = new Target.Redirect(to, RouteKeys.REDIRECT_STATUS);
    compiles(redirect, "to", pattern -> Redirector.compile(target, pattern));
  }

  /** Lets the room that will use the text judge it. */
  private void compiles(Fields fields, String key, Consumer<PathPattern> compiler) {
    Fields match = route.section("match");
    if (fields.text(key).isEmpty() || match.isBroken("path") || route.isBroken("match")) {
      return;
    }
    try {
      compiler.accept(PathPattern.parse(match.text("path").orElse("/**")));
    } catch (IllegalArgumentException e) {
      String reason = PathShapes.reason(e, fields.text(key).orElseThrow());
      problems.error(fields.placeOf(key), "found " + fields.shown(key) + ": " + reason);
    }
  }

  private void fault() {
    Fields fault = route.section("fault");
    boolean some = fault.has("delay") || fault.has("abort") || fault.has("reset");
    if (route.has("fault") && !some && !route.isOff("fault") && !route.isBroken("fault")) {
      problems.error(fault.place(), "found no fault, expected one of delay, abort, reset");
    }
  }
}
