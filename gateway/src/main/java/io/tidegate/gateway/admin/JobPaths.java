package io.tidegate.gateway.admin;

import io.tidegate.worker.api.QueueStatus.Mode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Where operators ask about jobs: paths, methods, and what answers. */
record JobPaths(JobDesk desk, ScheduleDesk schedules) {
  Map<String, Map<HttpMethod, Function<RoutingContext, Future<Answer>>>> all() {
    Map<String, Map<HttpMethod, Function<RoutingContext, Future<Answer>>>> all =
        new LinkedHashMap<>();
    all.put("/queues", Map.of(HttpMethod.GET, ctx -> desk.queues()));
    all.put("/queues/:queue", Map.of(HttpMethod.GET, ctx -> desk.queue(queue(ctx))));
    all.put("/queues/:queue/pause", mode(Mode.PAUSED));
    all.put("/queues/:queue/resume", mode(Mode.OPEN));
    all.put("/queues/:queue/drain", mode(Mode.DRAINING));
    all.put(
        "/queues/:queue/dead",
        Map.of(
            HttpMethod.GET,
            ctx -> desk.dead(queue(ctx), ctx.request().query()),
            HttpMethod.DELETE,
            ctx -> desk.purge(queue(ctx), Optional.ofNullable(ctx.request().getParam("limit")))));
    all.put(
        "/queues/:queue/dead/requeue",
        Map.of(HttpMethod.POST, ctx -> desk.requeue(queue(ctx), ctx.body().buffer())));
    all.put("/jobs", Map.of(HttpMethod.GET, ctx -> desk.list(ctx.request().query())));
    all.put(
        "/jobs/:id",
        Map.of(
            HttpMethod.GET,
            ctx -> desk.job(ctx.pathParam("id")),
            HttpMethod.DELETE,
            ctx -> desk.delete(ctx.pathParam("id"))));
    all.put(
        "/jobs/:id/request",
        Map.of(
            HttpMethod.GET,
            ctx ->
                desk.request(
                    ctx.pathParam("id"), Optional.ofNullable(ctx.request().getParam("reveal")))));
    all.put("/jobs/:id/cancel", Map.of(HttpMethod.POST, ctx -> desk.cancel(ctx.pathParam("id"))));
    all.put("/jobs/:id/retry", Map.of(HttpMethod.POST, ctx -> desk.retry(ctx.pathParam("id"))));
    all.put("/schedules", Map.of(HttpMethod.GET, ctx -> schedules.all()));
    all.put(
        "/schedules/:queue/:name",
        Map.of(
            HttpMethod.GET,
            ctx -> schedules.one(queue(ctx), ctx.pathParam("name")),
            HttpMethod.PUT,
            ctx -> schedules.put(queue(ctx), ctx.pathParam("name"), ctx.body().buffer()),
            HttpMethod.DELETE,
            ctx -> schedules.remove(queue(ctx), ctx.pathParam("name"))));
    return all;
  }

  private Map<HttpMethod, Function<RoutingContext, Future<Answer>>> mode(Mode mode) {
    return Map.of(HttpMethod.POST, ctx -> desk.mode(queue(ctx), mode));
  }

  private static String queue(RoutingContext ctx) {
    return ctx.pathParam("queue");
  }
}
