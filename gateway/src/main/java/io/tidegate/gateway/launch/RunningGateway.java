package io.tidegate.gateway.launch;

import io.tidegate.cache.CacheVerticle;
import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.admin.AdminVerticle;
import io.tidegate.gateway.rehearsal.SampleUpstream;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.upstream.NameResolver;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.MetricsVerticle;
import io.tidegate.metrics.Telemetry;
import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.EventsBus;
import io.tidegate.metrics.api.OperationalEvent;
import io.tidegate.worker.WorkerVerticle;
import io.tidegate.worker.api.JobsOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway with all its verticles: deploys them in order and stops them in reverse. */
final class RunningGateway {
  private static final long START_SECONDS = 30;
  private static final long CLOSE_SECONDS = 10;

  /** The exit code when the disk failed, EX_IOERR elsewhere: a supervisor starts it again. */
  private static final int STORE_LOST = 74;

  private final Telemetry telemetry;
  private final Vertx vertx;
  private final Node node;
  private final Events events;
  private final MetricsVerticle metrics;
  private final Announcer announcer;
  private final Reloader reloader;
  private final AdminVerticle admin;
  private final Logger log;
  private Set<String> faultyBefore = Set.of();
  private volatile Optional<Worker> worker = Optional.empty();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Who keeps the jobs, and what to undeploy. */
  private record Worker(WorkerVerticle verticle, String id) {}

  private RunningGateway(GatewayOptions options, ConfigSource source, Telemetry telemetry) {
    this.telemetry = telemetry;
    this.log = LoggerFactory.getLogger("io.tidegate");
    int loops = Runtime.getRuntime().availableProcessors();
    NameResolver.limitCaching();
    this.vertx =
        telemetry
            .vertx(
                new VertxOptions()
                    .setPreferNativeTransport(true)
                    .setEventLoopPoolSize(loops)
                    // Nothing is served from the class path: no copies of it in a temporary folder.
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setFileCachingEnabled(false)
                            .setClassPathResolvingEnabled(false)))
            .build();
    String name = System.getenv().getOrDefault("HOSTNAME", "tidegate");
    this.events = EventsBus.client(vertx, name);
    this.metrics = new MetricsVerticle(telemetry, name);
    this.announcer = new Announcer(telemetry.meters(), events);
    this.node = new Node(vertx, telemetry, options, announcer, announcer::breaker);
    this.reloader =
        new Reloader(
            vertx, node, source, telemetry.meters(), events, this::loaded, this::configure);
    this.admin =
        new AdminVerticle(
            options.admin(),
            new Operator(vertx, node, telemetry.meters(), reloader, this::drainAndExit));
  }

  /**
   * Starts a gateway and waits until it serves; not for an event loop.
   *
   * @throws Exception when a port is taken or the like; nothing is left running then
   */
  static RunningGateway start(GatewayOptions options, ConfigSource source) throws Exception {
    Telemetry telemetry = Telemetry.start(options.telemetry(), System.getenv(), Version.NUMBER);
    var gateway = new RunningGateway(options, source, telemetry);
    try {
      await(gateway.deploy(options), START_SECONDS);
    } catch (Exception e) {
      gateway.close();
      throw e;
    }
    gateway.announce();
    return gateway;
  }

  private Future<?> deploy(GatewayOptions options) {
    int loops = Runtime.getRuntime().availableProcessors();
    Future<?> demo =
        options.demo()
            ? vertx.deployVerticle(SampleUpstream.of(options))
            : Future.succeededFuture();
    return demo.compose(ready -> vertx.deployVerticle(metrics))
        .compose(
            ready ->
                CacheVerticle.deploy(
                    vertx,
                    CacheSetup.options(options.stores(), Runtime.getRuntime().maxMemory()),
                    telemetry.meters().cache()))
        .compose(cache -> node.prepare(Optional.of(cache)))
        .compose(ready -> Future.all(gateways(loops), jobs(options, loops)))
        .compose(
            ready ->
                named(
                    vertx.deployVerticle(admin),
                    "admin.port: " + options.admin().host() + ":" + options.admin().port()));
  }

  private Future<?> gateways(int loops) {
    return vertx.deployVerticle(
        () -> new GatewayVerticle(node), new DeploymentOptions().setInstances(loops));
  }

  /**
   * After those who run jobs, so that none is put off; before the port, so that none is refused.
   */
  private Future<?> jobs(GatewayOptions options, int loops) {
    if (options.jobs().isEmpty()) {
      return Future.succeededFuture();
    }
    var verticle = new WorkerVerticle(options.jobs().get().jobs(), telemetry.jobMeters(), events);
    verticle.onLost(this::storeLost);
    return node.runners(loops)
        .compose(ready -> named(vertx.deployVerticle(verticle), "stores.jobs"))
        .onSuccess(deployed -> worker = Optional.of(new Worker(verticle, deployed)))
        .onComplete(node::jobsOpened);
  }

  private Future<Void> configure(JobsOptions next) {
    return worker
        .map(deployed -> deployed.verticle().configure(next))
        .orElseGet(Future::succeededFuture);
  }

  /** Takes no more jobs, lets those that run end, and gives back what does not end in time. */
  private Future<?> stopJobs() {
    Future<?> stopped =
        worker
            .<Future<?>>map(deployed -> vertx.undeploy(deployed.id()))
            .orElseGet(Future::succeededFuture);
    worker = Optional.empty();
    return stopped;
  }

  private static <T> Future<T> named(Future<T> future, String what) {
    return future.recover(
        failure ->
            Future.failedFuture(
                new IllegalStateException(what + " (" + failure.getMessage() + ")", failure)));
  }

  private void loaded() {
    Map<String, Upstream> current = node.upstreams().current();
    announcer.retain(current);
    current.forEach((name, upstream) -> announcer.show(name, upstream.endpoints().all()));
    Set<String> faulty =
        node.options().routes().stream()
            .filter(route -> route.fault().isPresent())
            .map(RouteOptions::id)
            .collect(Collectors.toSet());
    // Said at each start and each reload, so that nobody leaves them on unnoticed.
    faulty.forEach(route -> events.publish(new OperationalEvent.FaultsActive(route, true)));
    faultyBefore.stream()
        .filter(route -> !faulty.contains(route))
        .forEach(route -> events.publish(new OperationalEvent.FaultsActive(route, false)));
    faultyBefore = faulty;
  }

  private void announce() {
    loaded();
    telemetry.meters().configLoaded(node.options().version());
    reloader.watch();
    if (!vertx.isNativeTransportEnabled()) {
      log.info(
          "native transport not used: {}", String.valueOf(vertx.unavailableNativeTransportCause()));
    }
    log.atInfo()
        .addKeyValue("event", "started")
        .addKeyValue("port", node.port())
        .addKeyValue("admin_port", admin.actualPort())
        .addKeyValue("config", node.options().version())
        .log(
            "Tidegate {} serves on {}:{}, operators on {}:{}",
            Version.NUMBER,
            node.options().server().host(),
            node.port(),
            node.options().admin().host(),
            admin.actualPort());
  }

  Reloader reloader() {
    return reloader;
  }

  /**
   * Nothing is tried again on a disk that failed: what it says afterwards cannot be believed. The
   * next process finds out what it holds.
   */
  private void storeLost(String why) {
    log.atError()
        .addKeyValue("event", "store_lost")
        .log("the jobs' store failed ({}): stopping with exit code {}", why, STORE_LOST);
    node.drain();
    new Thread(() -> System.exit(STORE_LOST), "tidegate-store-lost").start();
  }

  private void drainAndExit() {
    Thread exit = new Thread(() -> System.exit(0), "tidegate-drain");
    exit.start();
  }

  /**
   * Stops in an order that loses no request: first readiness says no while requests are still
   * taken, then no connection is accepted any more, then what is in flight ends, then all else.
   */
  void stop() {
    if (!stopping.compareAndSet(false, true)) {
      awaitStopped();
      return;
    }
    try {
      events.publish(new OperationalEvent.DrainStarted(node.options().server().drain().toMillis()));
      reloader.close();
      node.drain();
      Duration delay = node.options().server().drainDelay();
      if (!delay.isZero()) {
        await(vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS), delay.toSeconds() + 5);
      }
      Duration grace = node.options().jobs().map(jobs -> jobs.jobs().grace()).orElse(Duration.ZERO);
      long longest = Math.max(node.options().server().drain().toSeconds(), grace.toSeconds()) + 5;
      await(Future.join(stopJobs(), node.shutdown()), longest);
      log.atInfo().addKeyValue("event", "stopped").log("stopped");
    } catch (Exception e) {
      log.warn("not everything ended in time", e);
    } finally {
      close();
      stopped.countDown();
    }
  }

  private void awaitStopped() {
    try {
      stopped.await(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close() {
    try {
      await(vertx.close(), CLOSE_SECONDS);
      telemetry.close();
    } catch (Exception e) {
      log.warn("closing", e);
    }
  }

  private static void await(Future<?> future, long seconds) throws Exception {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new TimeoutException("not done within " + seconds + " s");
    }
  }
}
