package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.config.ConfigRedacted;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.route.Redirector;
import io.tidegate.gateway.route.RequestTarget;
import io.tidegate.gateway.route.Rewriter;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** What would be done for a request that a route takes. */
final class RouteView {
  private final RouteOptions route;
  private final Match.Found<RouteOptions> match;
  private final RequestTarget.Valid target;
  private final GatewayOptions file;
  private final JsonObject redacted;

  RouteView(Match.Found<RouteOptions> match, RequestTarget.Valid target, GatewayOptions file) {
    this.route = match.route();
    this.match = match;
    this.target = target;
    this.file = file;
    this.redacted = ConfigRedacted.of(file);
  }

  void print(PrintStream out) {
    out.println("route " + route.id() + " takes it");
    Table rows = new Table();
    match.parameters().forEach((name, value) -> rows.add("{" + name + "}", value));
    action(rows);
    policy(rows);
    rows.print(out);
    for (String upstream : upstreams()) {
      out.println();
      out.println("upstream " + upstream);
      Table settings = new Table();
      settings.addAll("", redacted.getJsonObject("upstreams").getJsonObject(upstream));
      settings.print(out);
    }
  }

  private void action(Table rows) {
    if (route.target() instanceof Target.ToUpstream to) {
      calls("calls", to.upstream(), rows);
    } else if (route.target() instanceof Target.Split split) {
      double sum = split.shares().stream().mapToInt(Target.Split.Share::weight).sum();
      for (Target.Split.Share share : split.shares()) {
        String percent = String.format(Locale.ROOT, "%.4g", share.weight() * 100 / sum);
        calls("calls, " + percent.replaceAll("\\.?0+$", "") + "%", share.upstream(), rows);
      }
    } else if (route.target() instanceof Target.Respond respond) {
      rows.add("answers", respond.status() + ", without a call");
    } else if (route.target() instanceof Target.Redirect redirect) {
      Redirector redirector = Redirector.compile(redirect, match.pattern());
      String location = redirector.location(target.path(), target.query());
      rows.add("answers", redirect.status() + ", Location: " + location);
    }
    route.mirror().ifPresent(mirror -> calls("copies to", mirror.upstream(), rows));
  }

  private void calls(String how, String upstream, Table rows) {
    String path = Rewriter.compile(route.rewrite(), match.pattern()).rewrite(target.path());
    String query = target.query() == null ? "" : "?" + target.query();
    for (EndpointOptions endpoint : file.upstreams().get(upstream).endpoints()) {
      rows.add(how, endpoint.url() + path + query);
    }
  }

  private void policy(Table rows) {
    int index = file.routes().indexOf(route);
    JsonObject json = redacted.getJsonArray("routes").getJsonObject(index).copy();
    json.remove("id");
    rows.addAll("", json);
  }

  private Set<String> upstreams() {
    Set<String> names = new LinkedHashSet<>();
    if (route.target() instanceof Target.ToUpstream to) {
      names.add(to.upstream());
    } else if (route.target() instanceof Target.Split split) {
      split.shares().forEach(share -> names.add(share.upstream()));
    }
    route.mirror().ifPresent(mirror -> names.add(mirror.upstream()));
    for (FallbackOption option : route.fallback()) {
      if (option instanceof FallbackOption.ToUpstream to) {
        names.add(to.upstream());
      }
    }
    return names;
  }
}
