package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.BackoffOptions;
import io.tidegate.gateway.resilience.FaultOptions;
import io.tidegate.gateway.resilience.HedgeOptions;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.MatchOptions;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A route as it would be written in the file, defaults merged under it. */
final class RouteJson {
  private RouteJson() {}

  static JsonObject of(RouteOptions route) {
    JsonObject json = new JsonObject().put("id", route.id()).put("match", match(route.match()));
    target(route.target(), json);
    route
        .mirror()
        .ifPresent(
            mirror ->
                json.put(
                    "mirror",
                    new JsonObject()
                        .put("upstream", mirror.upstream())
                        .put("share", Units.writeShare(mirror.share()))));
    json.put("rewrite", rewrite(route.rewrite()));
    put(json, "request", route.request());
    put(json, "response", route.response());
    route
        .bodyLimit()
        .ifPresent(body -> json.put("limits", new JsonObject().put("body", Units.writeSize(body))));
    json.put("timeout", timeout(route.timeout()))
        .put("retry", route.retry().<Object>map(RouteJson::retry).orElse(false))
        .put("hedge", route.hedge().<Object>map(RouteJson::hedge).orElse(false))
        .put("fallback", route.fallback().isEmpty() ? false : fallback(route.fallback()))
        .put("fallback-on", HttpShapes.write(route.fallbackOn()))
        .put("rate-limit", route.rateLimit().<Object>map(RouteJson::rateLimit).orElse(false))
        .put("fault", route.fault().<Object>map(RouteJson::fault).orElse(false));
    route.async().ifPresent(async -> json.put("async", OffloadJson.async(async)));
    return json.put("priority", Shapes.word(route.priority()))
        .put("cache", route.cache().<Object>map(CacheAssembly::json).orElse(false));
  }

  private static JsonObject match(MatchOptions match) {
    JsonObject json = new JsonObject();
    if (!match.hosts().isEmpty()) {
      json.put("host", array(match.hosts()));
    }
    json.put("path", match.path());
    if (!match.methods().isEmpty()) {
      json.put("methods", array(new TreeSet<>(match.methods())));
    }
    put(json, "headers", match.headers());
    put(json, "query", match.query());
    return json;
  }

  private static JsonArray array(Collection<String> texts) {
    return new JsonArray(List.copyOf(texts));
  }

  private static void put(JsonObject json, String key, Map<String, String> values) {
    if (!values.isEmpty()) {
      json.put(key, ConfigRedacted.values(values));
    }
  }

  private static void put(JsonObject json, String key, HeaderEdits edits) {
    if (edits.isEmpty()) {
      return;
    }
    JsonObject written = new JsonObject();
    put(written, "set", edits.set());
    put(written, "add", edits.add());
    if (!edits.remove().isEmpty()) {
      written.put("remove", array(edits.remove()));
    }
    json.put(key, written);
  }

  private static void target(Target target, JsonObject json) {
    if (target instanceof Target.ToUpstream to) {
      json.put("upstream", to.upstream());
    } else if (target instanceof Target.Split split) {
      JsonArray shares = new JsonArray();
      for (Target.Split.Share share : split.shares()) {
        shares.add(
            new JsonObject().put("upstream", share.upstream()).put("weight", share.weight()));
      }
      json.put("split", shares);
    } else if (target instanceof Target.Respond respond) {
      json.put("respond", answer(respond.status(), respond.headers(), respond.body()));
    } else if (target instanceof Target.Redirect redirect) {
      json.put(
          "redirect", new JsonObject().put("to", redirect.to()).put("status", redirect.status()));
    }
  }

  private static JsonObject answer(int status, Map<String, String> headers, String body) {
    JsonObject json = new JsonObject().put("status", status);
    put(json, "headers", headers);
    return body.isEmpty() ? json : json.put("body", body);
  }

  private static JsonObject rewrite(RewriteOptions rewrite) {
    JsonObject json = new JsonObject();
    rewrite.stripPrefix().ifPresent(prefix -> json.put("strip-prefix", prefix));
    rewrite.addPrefix().ifPresent(prefix -> json.put("add-prefix", prefix));
    rewrite.path().ifPresent(path -> json.put("path", path));
    return json.put("host", rewrite.host());
  }

  private static JsonObject timeout(TimeoutOptions timeout) {
    return new JsonObject()
        .put("total", Units.write(timeout.total()))
        .put("attempt", Units.write(timeout.attempt()))
        .put("idle", Units.write(timeout.idle()));
  }

  private static JsonObject retry(RetryOptions retry) {
    BackoffOptions backoff = retry.backoff();
    return new JsonObject()
        .put("attempts", retry.attempts())
        .put("on", HttpShapes.write(retry.on()))
        .put("methods", array(new TreeSet<>(retry.methods())))
        .put(
            "backoff",
            new JsonObject()
                .put("base", Units.write(backoff.base()))
                .put("max", Units.write(backoff.max()))
                .put("jitter", Shapes.word(backoff.jitter())))
        .put("retry-after", retry.retryAfter())
        .put(
            "budget",
            new JsonObject()
                .put("share", Units.writeShare(retry.budget().share()))
                .put("min", Units.writeFrequency(retry.budget().minPerSecond())))
        .put("replay-buffer", Units.writeSize(retry.replayBuffer()));
  }

  private static JsonObject hedge(HedgeOptions hedge) {
    return new JsonObject()
        .put("after", hedge.after().map(Units::write).orElse("p95"))
        .put("max", hedge.max());
  }

  private static JsonArray fallback(List<FallbackOption> options) {
    JsonArray json = new JsonArray();
    for (FallbackOption option : options) {
      if (option instanceof FallbackOption.ToUpstream to) {
        json.add(new JsonObject().put("upstream", to.upstream()));
      } else if (option instanceof FallbackOption.Answer fixed) {
        json.add(answer(fixed.status(), fixed.headers(), fixed.body()));
      } else if (option instanceof FallbackOption.ToQueue to) {
        json.add(new JsonObject().put("queue", to.queue()));
      } else if (option instanceof FallbackOption.Stale) {
        json.add("stale");
      }
    }
    return json;
  }

  private static JsonObject rateLimit(RateLimitOptions limit) {
    Object key = "ip";
    if (limit.key() instanceof RateLimitOptions.Key.Header header) {
      key = new JsonObject().put("header", header.name());
    } else if (limit.key() instanceof RateLimitOptions.Key.Route) {
      key = "route";
    }
    return new JsonObject()
        .put("rate", new Units.Rate(limit.permits(), limit.seconds()).toString())
        .put("burst", limit.burst())
        .put("key", key)
        .put("scope", Shapes.word(limit.scope()));
  }

  private static JsonObject fault(FaultOptions fault) {
    JsonObject json = new JsonObject();
    fault
        .delay()
        .ifPresent(
            delay ->
                json.put(
                    "delay",
                    new JsonObject()
                        .put("time", Units.write(delay.time()))
                        .put("share", Units.writeShare(delay.share()))));
    fault
        .abort()
        .ifPresent(
            abort ->
                json.put(
                    "abort",
                    new JsonObject()
                        .put("status", abort.status())
                        .put("share", Units.writeShare(abort.share()))));
    fault
        .reset()
        .ifPresent(
            reset ->
                json.put("reset", new JsonObject().put("share", Units.writeShare(reset.share()))));
    put(json, "only-with", fault.onlyWith());
    return json;
  }
}
