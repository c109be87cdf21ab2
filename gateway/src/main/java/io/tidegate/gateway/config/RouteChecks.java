package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.PathPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
        .ifPresent(name -> problems.error(fields.placeOf("upstream"), unknown(name)));
  }

  private String unknown(String name) {
    String hint =
        Nearest.to(name, upstreams)
            .map(near -> " (did you mean " + near + "?)")
            .orElse(upstreams.isEmpty() ? " (there is none)" : "");
    return "found \"" + name + "\", expected the name of an upstream" + hint;
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
        .forEach((name, at) -> problems.error(at, "found " + name + " twice, expected it once"));
    if (!names.isEmpty() && whole && sum == 0) {
      problems.error(route.placeOf("split"), "found only weights of 0, expected one above");
    }
  }

  private void fallback() {
    for (Value value : route.items("fallback")) {
      if (value instanceof Fields option) {
        reference(option);
        bodiless(option);
      }
    }
  }

  private void bodiless(Fields answer) {
    int status = answer.whole("status", 200);
    if (BODILESS.contains(status) && (answer.has("body") || answer.has("json"))) {
      problems.error(
          answer.placeOf(answer.has("body") ? "body" : "json"),
          "found a body, expected none: an answer " + status + " has none");
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
      String which = timeout.has("total") ? "" : " (the default)";
      problems.error(
          timeout.placeOf("attempt"),
          "found "
              + Units.write(attempt.get())
              + ", expected at most timeout.total, "
              + Units.write(total)
              + which);
    }
  }

  private void rewrite() {
    Fields rewrite = route.section("rewrite");
    boolean prefix = rewrite.has("strip-prefix") || rewrite.has("add-prefix");
    if (rewrite.has("path") && prefix) {
      String message = "found path and a prefix, expected only one of them";
      problems.error(rewrite.placeOf("path"), message);
    }
    rewrite.text("path").ifPresent(to -> placeholders(to, rewrite.placeOf("path")));
  }

  private void redirect() {
    Fields redirect = route.section("redirect");
    redirect.text("to").ifPresent(to -> placeholders(to, redirect.placeOf("to")));
  }

  private void placeholders(String template, Place place) {
    Fields match = route.section("match");
    if (match.isBroken("path") || route.isBroken("match")) {
      return;
    }
    List<String> names = PathPattern.parse(match.text("path").orElse("/**")).parameters();
    String unknown = PathShapes.unknownPlaceholder(template, names);
    if (!unknown.isEmpty()) {
      String known = names.isEmpty() ? "" : ", {" + String.join("}, {", names) + "}";
      problems.error(place, "found " + unknown + ", expected one of {path}" + known);
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
