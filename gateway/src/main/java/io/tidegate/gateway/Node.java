package io.tidegate.gateway;

import io.tidegate.cache.api.ResponseCache;
import io.tidegate.gateway.pipeline.Limiters;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.gateway.upstream.Upstreams;
import io.tidegate.metrics.Telemetry;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.Tracing;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What the event loops of one gateway share: configuration, upstreams, telemetry, life cycle. */
public final class Node {
  /** What one event loop is told. */
  interface Member {
    Future<Void> load(GatewayOptions options, Map<String, Upstream> upstreams);

    /** Timers of requests and calls that are running; from any thread. */
    int timers();

    void drain();

    Future<Void> shutdown();
  }

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final int number = NUMBERS.incrementAndGet();
  private final Vertx vertx;
  private final Telemetry telemetry;
  private final Upstreams upstreams;
  private final Limiters limiters = new Limiters();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger subscribers = new AtomicInteger();
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final Promise<Void> closing = Promise.promise();
  private final AtomicInteger running = new AtomicInteger();
  private final Promise<Void> runners = Promise.promise();
  private final Promise<Void> jobsOpen = Promise.promise();
  private volatile int loops = Integer.MAX_VALUE;
  private final String self =
      "tidegate-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private volatile GatewayOptions options;
  private volatile Optional<ResponseCache> cache = Optional.empty();
  private volatile boolean draining;
  private volatile int port;

  public Node(
      Vertx vertx,
      Telemetry telemetry,
      GatewayOptions options,
      EndpointListener endpoints,
      Function<String, Breaker.Listener> breakers) {
    this.vertx = vertx;
    this.telemetry = telemetry;
    this.options = options;
    this.upstreams = new Upstreams(vertx, telemetry.meters(), endpoints, breakers);
    telemetry
        .meters()
        .custom()
        .gauge(
            "tidegate_timers",
            "Timers of requests and calls that are running.",
            () -> members.stream().mapToInt(Member::timers).sum());
  }

  /**
   * Looks up what has to be known before the first request; to be called once, first.
   *
   * @param remembered what routes with a cache use; empty: they have none
   */
  public Future<Void> prepare(Optional<ResponseCache> remembered) {
    cache = remembered;
    return upstreams.apply(options.upstreams()).mapEmpty();
  }

  /**
   * Puts a validated configuration in the place of the current one, on all event loops; requests in
   * flight end as they began. What needs a restart is left as it was.
   */
  public Future<Void> reload(GatewayOptions next) {
    telemetry.reload(next.telemetry());
    return upstreams
        .apply(next.upstreams())
        .compose(
            current -> {
              options = next;
              limiters.retain(next.routes());
              return Future.join(members.stream().map(m -> m.load(next, current)).toList());
            })
        .mapEmpty();
  }

  /** Answers from now on ask clients to go elsewhere; nothing is refused yet. */
  public void drain() {
    draining = true;
    members.forEach(Member::drain);
  }

  /** Stops accepting and ends what is in flight, within the configured time. */
  public Future<Void> shutdown() {
    drain();
    // A second before the end, so that those who still hold a WebSocket are told.
    long told = Math.max(1, options.server().drain().toMillis() - 1_000);
    long timer = vertx.setTimer(told, late -> closing.tryComplete());
    return Future.join(members.stream().map(Member::shutdown).toList())
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              closing.tryComplete();
              upstreams.close();
            })
        .mapEmpty();
  }

  /** Completes when as many event loops run jobs. */
  public Future<Void> runners(int all) {
    loops = all;
    runsJobs(0);
    return runners.future();
  }

  /** So many more event loops run jobs. */
  void runsJobs(int more) {
    if (running.addAndGet(more) >= loops) {
      runners.tryComplete();
    }
  }

  /** The jobs can be asked, or never will be: then nobody is served. */
  public void jobsOpened(AsyncResult<?> opened) {
    if (opened.succeeded()) {
      jobsOpen.tryComplete();
    } else {
      jobsOpen.tryFail(opened.cause());
    }
  }

  Future<Void> jobsOpen() {
    return jobsOpen.future();
  }

  void join(Member member) {
    members.add(member);
  }

  void leave(Member member) {
    members.remove(member);
  }

  void listening(int actual) {
    port = actual;
  }

  /** The port for clients, once it is open. */
  public int port() {
    return port;
  }

  public boolean isDraining() {
    return draining;
  }

  public GatewayOptions options() {
    return options;
  }

  public Upstreams upstreams() {
    return upstreams;
  }

  Limiters limiters() {
    return limiters;
  }

  /** What the node remembers; empty: nothing. */
  public Optional<ResponseCache> cache() {
    return cache;
  }

  AtomicInteger connections() {
    return connections;
  }

  /** Clients that listen to events of jobs. */
  AtomicInteger subscribers() {
    return subscribers;
  }

  GatewayMeters meters() {
    return telemetry.meters();
  }

  Tracing tracing() {
    return telemetry.tracing();
  }

  AccessLog accessLog() {
    return telemetry.accessLog();
  }

  Future<Void> closing() {
    return closing.future();
  }

  /** Which gateway of this process it is: a rehearsal runs several. */
  int number() {
    return number;
  }

  /** Names this very process in Via, as a comment, so that a loop is seen. */
  String self() {
    return self;
  }
}
