package io.tidegate.gateway.launch;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.api.Verdict;
import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.admin.Operations;
import io.tidegate.gateway.admin.UpstreamReport;
import io.tidegate.gateway.config.ConfigRedacted;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.route.Explanation;
import io.tidegate.gateway.route.RequestTarget;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.MetricsBus;
import io.tidegate.metrics.api.MetricsSnapshot;
import io.tidegate.metrics.api.Snapshots;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsHealth;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the admin port may ask of this process. */
final class Operator implements Operations {
  private static final long JOBS_MILLIS = 1_000;

  private final Vertx vertx;
  private final Node node;
  private final GatewayMeters meters;
  private final Reloader reloader;
  private final Runnable drain;
  private final Snapshots snapshots;
  private final Optional<Jobs> jobs;
  private volatile List<String> troubles = List.of();

  Operator(Vertx vertx, Node node, GatewayMeters meters, Reloader reloader, Runnable drain) {
    this.vertx = vertx;
    this.node = node;
    this.meters = meters;
    this.reloader = reloader;
    this.drain = drain;
    this.snapshots = MetricsBus.client(vertx);
    this.jobs = node.options().jobs().map(any -> WorkerBus.client(vertx, WorkerBus.Reach.NODE));
    this.jobs.ifPresent(
        asked -> vertx.setPeriodic(JOBS_MILLIS, tick -> asked.health().onComplete(this::noted)));
  }

  /** Readiness is asked for often and answered at once: what the jobs last said has to do. */
  private void noted(AsyncResult<JobsHealth> health) {
    troubles =
        health.succeeded()
            ? health.result().troubles().stream().map(trouble -> "jobs: " + trouble).toList()
            : List.of("jobs: they do not answer");
  }

  @Override
  public Optional<Jobs> jobs() {
    return jobs;
  }

  @Override
  public Readiness readiness() {
    if (node.isDraining()) {
      return Readiness.not("draining");
    }
    if (node.port() == 0) {
      return Readiness.not("starting");
    }
    return troubles.isEmpty() ? Readiness.READY : new Readiness(false, troubles);
  }

  @Override
  public Future<Scrape> metrics(String accept) {
    return meters.scrape(vertx, accept).map(text -> new Scrape(text.contentType(), text.body()));
  }

  @Override
  public Future<JsonArray> routes() {
    return Future.succeededFuture(
        ConfigRedacted.of(node.options()).getJsonArray("routes", new JsonArray()));
  }

  @Override
  public Future<JsonArray> upstreams() {
    JsonArray all = new JsonArray();
    node.upstreams()
        .current()
        .values()
        .forEach(
            upstream ->
                all.add(
                    UpstreamReport.of(upstream.endpoints(), upstream.breaker())
                        .put(
                            "pool",
                            new JsonObject()
                                .put("limit", upstream.slots().limit())
                                .put("in-use", upstream.slots().inFlight())
                                .put("waiting", upstream.slots().waiting())
                                .put("open", upstream.openConnections().get()))
                        .put("route-breakers", routeBreakers(upstream))
                        .put(
                            "concurrency",
                            new JsonObject()
                                .put("limit", upstream.bulkhead().limit())
                                .put("in-flight", upstream.bulkhead().inFlight())
                                .put("waiting", upstream.bulkhead().waiting()))));
    return Future.succeededFuture(all);
  }

  private static JsonObject routeBreakers(Upstream upstream) {
    JsonObject states = new JsonObject();
    upstream
        .routeBreakers()
        .forEach(
            (route, breaker) ->
                states.put(
                    route, breaker.state().name().toLowerCase(Locale.ROOT).replace('_', '-')));
    return states;
  }

  @Override
  public Future<JsonObject> config() {
    GatewayOptions options = node.options();
    return Future.succeededFuture(ConfigRedacted.of(options).put("version", options.version()));
  }

  @Override
  public Future<JsonArray> events() {
    return snapshots
        .take()
        .map(
            now -> {
              JsonArray newestFirst = new JsonArray();
              for (int i = now.events().size() - 1; i >= 0; i--) {
                newestFirst.add(now.events().get(i).toJson());
              }
              return newestFirst;
            });
  }

  @Override
  public Future<JsonObject> snapshot() {
    return snapshots.take().map(MetricsSnapshot::toJson);
  }

  @Override
  public Future<Reload> reload() {
    return reloader.reload("an operator asked");
  }

  @Override
  public Future<Boolean> breaker(String name, BreakerOrder order) {
    Upstream upstream = node.upstreams().current().get(name);
    if (upstream == null) {
      return Future.succeededFuture(false);
    }
    List<Breaker> breakers = new ArrayList<>(upstream.routeBreakers().values());
    breakers.add(upstream.breaker());
    breakers.forEach(order == BreakerOrder.ISOLATE ? Breaker::isolate : Breaker::close);
    return Future.succeededFuture(true);
  }

  @Override
  public Future<Long> purge(PurgeOrder order) {
    return node.cache().map(cache -> cache.purge(order)).orElse(Future.succeededFuture(0L));
  }

  @Override
  public Future<JsonObject> cache() {
    return meters.scrape(vertx, "").map(text -> CacheFigures.of(text.body().toString()));
  }

  @Override
  public Future<Void> drain() {
    drain.run();
    return Future.succeededFuture();
  }

  @Override
  public Future<JsonObject> explain(Question question) {
    return Future.future(answer -> answer.complete(explanation(question)));
  }

  private JsonObject explanation(Question question) {
    URI url = URI.create(question.url());
    RequestTarget read = RequestTarget.read(url.getRawPath(), url.getRawQuery());
    if (read instanceof RequestTarget.Invalid invalid) {
      throw new IllegalArgumentException("url: " + invalid.reason());
    }
    RequestTarget.Valid target = (RequestTarget.Valid) read;
    String host =
        url.getRawAuthority() != null
            ? url.getRawAuthority()
            : question.header("host").orElse("localhost");
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    question.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
    GatewayOptions options = node.options();
    RouteTable<RouteOptions> table =
        RouteTable.build(
            options.routes().stream().map(route -> new RouteTable.Entry<>(route, route)).toList());
    JsonArray routes = new JsonArray();
    JsonObject json =
        new JsonObject().put("path", target.path()).put("route", null).put("routes", routes);
    for (Explanation explanation :
        table.explain(host, target.path(), question.method(), headers, target.query())) {
      routes.add(
          new JsonObject()
              .put("id", explanation.routeId())
              .put("chosen", explanation.chosen())
              .put("mismatch", explanation.mismatch().orElse(null)));
      if (explanation.chosen()) {
        json.put("route", explanation.routeId()).put("policy", policy(explanation.routeId()));
        options.routes().stream()
            .filter(route -> route.id().equals(explanation.routeId()) && route.cache().isPresent())
            .forEach(
                route ->
                    node.cache()
                        .ifPresent(
                            cache ->
                                json.put(
                                    "cache",
                                    cached(
                                        cache,
                                        new CacheQuery(
                                            route.cache().get(),
                                            question.method(),
                                            url.getScheme() == null ? "http" : url.getScheme(),
                                            host.toLowerCase(Locale.ROOT),
                                            target.path(),
                                            target.query(),
                                            headers,
                                            false)))));
      }
    }
    return json;
  }

  private static JsonObject cached(ResponseCache cache, CacheQuery query) {
    JsonObject json = new JsonObject().put("key", cache.key(query));
    if (!query.isSafe()) {
      return json.put("decision", "method");
    }
    Verdict verdict = cache.lookup(query);
    if (verdict instanceof Verdict.Serve serve) {
      return json.put("decision", "hit")
          .put("use", serve.use().name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .put("age", serve.ageSeconds())
          .put("ttl", serve.ttlSeconds());
    }
    if (verdict instanceof Verdict.Bypass bypass) {
      return json.put("decision", bypass.why().token()).put("detail", bypass.detail());
    }
    return verdict instanceof Verdict.Ask ask
        ? json.put("decision", ask.why().token())
        : json.put("decision", "request").put("detail", "only-if-cached");
  }

  private JsonObject policy(String route) {
    JsonArray routes = ConfigRedacted.of(node.options()).getJsonArray("routes");
    for (int i = 0; i < routes.size(); i++) {
      if (route.equals(routes.getJsonObject(i).getString("id"))) {
        return routes.getJsonObject(i);
      }
    }
    return new JsonObject();
  }
}
