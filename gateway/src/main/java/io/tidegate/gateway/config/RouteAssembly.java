package io.tidegate.gateway.config;

import static io.tidegate.gateway.config.UpstreamAssembly.enabled;
import static io.tidegate.gateway.config.UpstreamAssembly.longest;
import static io.tidegate.gateway.config.UpstreamAssembly.shortest;

import io.tidegate.gateway.resilience.BackoffOptions;
import io.tidegate.gateway.resilience.BudgetOptions;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.FaultOptions;
import io.tidegate.gateway.resilience.HedgeOptions;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.MatchOptions;
import io.tidegate.gateway.route.MirrorOptions;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One route as a record, from its fields with the defaults merged under them. */
final class RouteAssembly {
  private RouteAssembly() {}

  static RouteOptions route(String id, Fields fields) {
    Fields limits = fields.section("limits");
    return new RouteOptions(
        id,
        match(fields.section("match")),
        target(fields),
        enabled(fields, "mirror").map(RouteAssembly::mirror),
        rewrite(fields.section("rewrite")),
        edits(fields.section("request")),
        edits(fields.section("response")),
        limits.has("body") ? OptionalLong.of(limits.size("body", 0)) : OptionalLong.empty(),
        timeout(fields.section("timeout")),
        retry(fields),
        enabled(fields, "hedge").map(RouteAssembly::hedge),
        fallback(fields.items("fallback")),
        conditions(fields, "fallback-on", RouteOptions.FALLBACK_ON),
        enabled(fields, "rate-limit").map(RouteAssembly::rateLimit),
        enabled(fields, "fault").map(RouteAssembly::fault),
        fields.get("priority", RouteOptions.Priority.class).orElse(RouteOptions.Priority.NORMAL),
        enabled(fields, "cache").map(CacheAssembly::policy),
        enabled(fields, "async").map(OffloadAssembly::async));
  }

  private static MatchOptions match(Fields fields) {
    return new MatchOptions(
        fields.items("host", String.class),
        fields.text("path").orElse("/**"),
        Set.copyOf(fields.items("methods", String.class)),
        fields.texts("headers"),
        fields.texts("query"));
  }

  private static Target target(Fields fields) {
    if (fields.has("upstream")) {
      return new Target.ToUpstream(fields.text("upstream").orElseThrow());
    }
    if (fields.has("split")) {
      List<Target.Split.Share> shares = new ArrayList<>();
      for (Value value : fields.items("split")) {
        Fields share = (Fields) value;
        String upstream = share.text("upstream").orElseThrow();
        shares.add(new Target.Split.Share(upstream, share.whole("weight", 1)));
      }
      return new Target.Split(shares);
    }
    if (fields.has("respond")) {
      Fields respond = fields.section("respond");
      return new Target.Respond(respond.whole("status", 200), headers(respond), body(respond));
    }
    Fields redirect = fields.section("redirect");
    return new Target.Redirect(
        redirect.text("to").orElseThrow(), redirect.whole("status", RouteKeys.REDIRECT_STATUS));
  }

  /** The answer's headers, with the type of its body unless the user gives one. */
  private static Map<String, String> headers(Fields answer) {
    Map<String, String> headers = new LinkedHashMap<>(answer.texts("headers"));
    boolean typed = headers.keySet().stream().anyMatch("content-type"::equalsIgnoreCase);
    if (!typed && answer.has("json")) {
      headers.put("Content-Type", "application/json");
    } else if (!typed && answer.has("body")) {
      headers.put("Content-Type", "text/plain; charset=utf-8");
    }
    return headers;
  }

  private static String body(Fields answer) {
    return answer.text("json").or(() -> answer.text("body")).orElse("");
  }

  private static MirrorOptions mirror(Fields fields) {
    return new MirrorOptions(fields.text("upstream").orElseThrow(), fields.share("share", 1));
  }

  private static RewriteOptions rewrite(Fields fields) {
    return new RewriteOptions(
        fields.text("strip-prefix"),
        fields.text("add-prefix"),
        fields.text("path"),
        fields.text("host").orElse(RewriteOptions.NONE.host()));
  }

  private static HeaderEdits edits(Fields fields) {
    return new HeaderEdits(
        fields.texts("set"), fields.texts("add"), fields.items("remove", String.class));
  }

  private static TimeoutOptions timeout(Fields fields) {
    TimeoutOptions d = TimeoutOptions.DEFAULTS;
    Duration total = fields.duration("total", d.total());
    Duration attempt = fields.duration("attempt", d.attempt());
    return new TimeoutOptions(
        total, shortest(attempt, Optional.of(total)), fields.duration("idle", d.idle()));
  }

  private static Optional<RetryOptions> retry(Fields route) {
    RetryOptions d = RetryOptions.DEFAULTS;
    Fields fields = route.section("retry");
    int attempts = fields.whole("attempts", d.attempts());
    // One attempt needs no retrying; but a budget given beside it is that of the hedges.
    if (route.isOff("retry") || (attempts == 1 && !fields.has("budget"))) {
      return Optional.empty();
    }
    Set<String> methods =
        fields.has("methods") ? Set.copyOf(fields.items("methods", String.class)) : d.methods();
    Fields budget = fields.section("budget");
    return Optional.of(
        new RetryOptions(
            attempts,
            conditions(fields, "on", d.on()),
            methods,
            backoff(fields.section("backoff")),
            fields.flag("retry-after", d.retryAfter()),
            new BudgetOptions(
                budget.share("share", d.budget().share()),
                budget.share("min", d.budget().minPerSecond())),
            fields.size("replay-buffer", d.replayBuffer())));
  }

  private static BackoffOptions backoff(Fields fields) {
    BackoffOptions d = BackoffOptions.DEFAULTS;
    Duration base = fields.duration("base", shortest(d.base(), fields.duration("max")));
    return new BackoffOptions(
        base,
        fields.duration("max", longest(d.max(), Optional.of(base))),
        fields.get("jitter", BackoffOptions.Jitter.class).orElse(d.jitter()));
  }

  private static HedgeOptions hedge(Fields fields) {
    return new HedgeOptions(
        fields.duration("after").filter(after -> !after.isZero()), fields.whole("max", 1));
  }

  private static List<FallbackOption> fallback(List<Value> values) {
    List<FallbackOption> options = new ArrayList<>();
    for (Value value : values) {
      if (!(value instanceof Fields fields)) {
        options.add(new FallbackOption.Stale());
        continue;
      }
      Optional<FallbackOption> upstream =
          fields.text("upstream").map(FallbackOption.ToUpstream::new);
      Optional<FallbackOption> queue = fields.text("queue").map(FallbackOption.ToQueue::new);
      options.add(
          upstream
              .or(() -> queue)
              .orElseGet(
                  () ->
                      new FallbackOption.Answer(
                          fields.whole("status", 503), headers(fields), body(fields))));
    }
    return options;
  }

  private static Conditions conditions(Fields fields, String key, Conditions fallback) {
    if (!fields.has(key)) {
      return fallback;
    }
    Set<Conditions.Kind> kinds = EnumSet.noneOf(Conditions.Kind.class);
    Set<Integer> statuses = new HashSet<>();
    for (Conditions each : fields.items(key, Conditions.class)) {
      kinds.addAll(each.kinds());
      statuses.addAll(each.statuses());
    }
    return new Conditions(kinds, statuses);
  }

  private static RateLimitOptions rateLimit(Fields fields) {
    Units.Rate rate = fields.get("rate", Units.Rate.class).orElseThrow();
    Optional<String> header = fields.section("key").text("header");
    boolean route = fields.text("key").filter("route"::equals).isPresent();
    RateLimitOptions.Key key =
        header.isPresent()
            ? new RateLimitOptions.Key.Header(header.get())
            : route ? new RateLimitOptions.Key.Route() : new RateLimitOptions.Key.Ip();
    return new RateLimitOptions(
        rate.permits(),
        rate.seconds(),
        fields.size("burst", rate.permits()),
        key,
        RateLimitOptions.Scope.NODE);
  }

  private static FaultOptions fault(Fields fields) {
    return new FaultOptions(
        enabled(fields, "delay")
            .map(f -> new FaultOptions.Delay(f.duration("time").orElseThrow(), share(f))),
        enabled(fields, "abort").map(f -> new FaultOptions.Abort(f.whole("status", 503), share(f))),
        enabled(fields, "reset").map(f -> new FaultOptions.Reset(share(f))),
        fields.texts("only-with"));
  }

  private static double share(Fields fields) {
    return fields.share("share", 1);
  }
}
