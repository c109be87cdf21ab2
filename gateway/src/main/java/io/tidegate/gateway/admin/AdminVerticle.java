package io.tidegate.gateway.admin;

import io.tidegate.gateway.admin.Audit.Entry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.TimeoutHandler;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's port. Health is open to everybody, all else to who passes the {@link Guard}; every
 * attempt to change something is audited. The answers are listed at {@link Desk} and {@link
 * CacheDesk}.
 */
public final class AdminVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);
  private static final int BODY_LIMIT = 64 * 1024;
  private static final int CONNECTIONS = 256;
  private static final int IDLE_SECONDS = 60;
  private static final long ANSWER_WITHIN_MILLIS = 30_000;
  private static final long FINISH_WITHIN_SECONDS = 2;

  private final AdminOptions options;
  private final Desk desk;
  private final CacheDesk cache;
  private final JobPaths jobs;
  private final Guard guard;
  private final Audit audit;
  private HttpServer server;
  private int connections;

  /**
   * @throws IllegalArgumentException when the port would be open to others without a token
   */
  public AdminVerticle(AdminOptions options, Operations operations) {
    this(options, operations, Audit.LOG);
  }

  AdminVerticle(AdminOptions options, Operations operations, Audit audit) {
    this.options = options;
    this.desk = new Desk(operations);
    this.cache = new CacheDesk(operations);
    JobDoor door = new JobDoor(operations);
    this.jobs = new JobPaths(new JobDesk(door), new ScheduleDesk(door));
    this.guard = new Guard(options);
    this.audit = audit;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions http =
        new HttpServerOptions()
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setTracingPolicy(TracingPolicy.IGNORE);
    server =
        vertx.createHttpServer(http).requestHandler(router()).connectionHandler(this::admitted);
    return server.listen(options.port(), options.host());
  }

  /** Lets answers that are under way be finished. */
  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(FINISH_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  /** Where it listens once deployed; the options may say 0. */
  public int actualPort() {
    return server.actualPort();
  }

  private void admitted(HttpConnection connection) {
    connections++;
    connection.closeHandler(closed -> connections--);
    if (connections > CONNECTIONS) {
      connection.close();
    }
  }

  private Router router() {
    Router router = Router.router(vertx);
    get(router, "/health/live", ctx -> desk.live());
    get(router, "/health/ready", ctx -> desk.ready());
    router.route().handler(TimeoutHandler.create(ANSWER_WITHIN_MILLIS)).handler(this::admit);
    get(router, "/metrics", ctx -> desk.metrics(ctx.request()));
    get(router, "/routes", ctx -> desk.routes());
    get(router, "/upstreams", ctx -> desk.upstreams());
    get(router, "/config", ctx -> desk.config());
    get(router, "/events", ctx -> desk.events());
    get(router, "/snapshot", ctx -> desk.snapshot());
    get(router, "/cache", ctx -> cache.cache());
    post(router, "/cache/purge", ctx -> cache.purge(ctx.body().buffer()));
    post(router, "/reload", ctx -> desk.reload());
    post(router, "/drain", ctx -> desk.drain());
    post(router, "/explain", ctx -> desk.explain(ctx.body().buffer()));
    post(router, "/upstreams/:name/breaker", this::breaker);
    jobs.all().forEach((path, methods) -> methods(router, path, methods));
    router.route().handler(ctx -> answer(ctx, Answer.problem(404, "There is nothing here.")));
    failures(router);
    return router;
  }

  private Future<Answer> breaker(RoutingContext ctx) {
    return desk.breaker(ctx.pathParam("name"), Desk.state(ctx.request(), ctx.body().buffer()));
  }

  private void get(Router router, String path, Function<RoutingContext, Future<Answer>> work) {
    router.get(path).handler(ctx -> serve(ctx, work));
    router.head(path).handler(ctx -> serve(ctx, work));
    refuseOtherMethods(router, path, "GET, HEAD");
  }

  private void post(Router router, String path, Function<RoutingContext, Future<Answer>> work) {
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT))
        .handler(ctx -> serve(ctx, work));
    refuseOtherMethods(router, path, "POST");
  }

  private void methods(
      Router router, String path, Map<HttpMethod, Function<RoutingContext, Future<Answer>>> all) {
    all.forEach(
        (method, work) ->
            router
                .route(method, path)
                .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT))
                .handler(ctx -> serve(ctx, work)));
    Set<String> names = new TreeSet<>();
    all.keySet().forEach(method -> names.add(method.name()));
    if (all.containsKey(HttpMethod.GET)) {
      router.head(path).handler(ctx -> serve(ctx, all.get(HttpMethod.GET)));
      names.add("HEAD");
    }
    refuseOtherMethods(router, path, String.join(", ", names));
  }

  private void refuseOtherMethods(Router router, String path, String allowed) {
    Answer refusal = Answer.problem(405, "Allowed: " + allowed + ".").with("Allow", allowed);
    router.route(path).handler(ctx -> answer(ctx, refusal));
  }

  private void admit(RoutingContext ctx) {
    guard
        .refusal(ctx.request())
        .ifPresentOrElse(
            refusal -> {
              if (writes(ctx)) {
                record(ctx, "none", refusal.status());
              }
              answer(ctx, refusal);
            },
            ctx::next);
  }

  private void serve(RoutingContext ctx, Function<RoutingContext, Future<Answer>> work) {
    Future.succeededFuture(ctx)
        .compose(work)
        .otherwise(failure -> mistake(ctx, failure))
        .onSuccess(
            answer -> {
              if (writes(ctx)) {
                record(ctx, guard.means(), answer.status());
              }
              answer(ctx, answer);
            });
  }

  private static void answer(RoutingContext ctx, Answer answer) {
    answer.writeTo(ctx.response());
  }

  private static Answer mistake(RoutingContext ctx, Throwable failure) {
    LOG.error("Admin: {} {} failed", ctx.request().method(), ctx.normalizedPath(), failure);
    return Answer.problem(500, "The gateway made a mistake; its log says more.");
  }

  /** Explaining is a POST that changes nothing. */
  private static boolean writes(RoutingContext ctx) {
    HttpMethod method = ctx.request().method();
    boolean reads = method == HttpMethod.GET || method == HttpMethod.HEAD;
    return !reads && !ctx.normalizedPath().equals("/explain");
  }

  private void record(RoutingContext ctx, String means, int status) {
    audit.record(
        new Entry(
            String.valueOf(ctx.request().remoteAddress()),
            means,
            ctx.request().method() + " " + ctx.normalizedPath(),
            detail(ctx),
            status));
  }

  private static String detail(RoutingContext ctx) {
    return ctx.normalizedPath().equals("/cache/purge")
        ? CacheDesk.noted(ctx.body().buffer())
        : Desk.order(ctx.request(), ctx.body().buffer());
  }

  private static void failures(Router router) {
    failure(router, 400, "The request is malformed.");
    failure(router, 413, "The body is longer than " + BODY_LIMIT + " bytes.");
    failure(router, 500, "The gateway made a mistake; its log says more.");
    failure(router, 503, "No answer in time.");
  }

  private static void failure(Router router, int status, String detail) {
    router.errorHandler(status, ctx -> answer(ctx, Answer.problem(status, detail)));
  }
}
