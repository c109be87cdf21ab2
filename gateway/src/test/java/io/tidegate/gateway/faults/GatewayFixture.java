package io.tidegate.gateway.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.admin.AdminVerticle;
import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.config.ConfigReport;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.upstream.Endpoint;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.Telemetry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * A gateway inside the test's JVM, on a port of its own, with everything but the admin port: real
 * sockets and event loops, no process to wait for. Closing it fails if an event loop met an
 * exception that nobody had expected.
 */
public final class GatewayFixture implements AutoCloseable {
  /** Long enough for a machine that does ten other things. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Queue<String> ERRORS = watchErrors();

  private final Queue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final Vertx vertx;
  private final Telemetry telemetry;
  private final Node node;
  private final Queue<String> changes = new ConcurrentLinkedQueue<>();

  private GatewayFixture(String yaml, int loops) {
    GatewayOptions options = options(yaml);
    this.telemetry = Telemetry.start(options.telemetry(), Map.of(), "test");
    // One of its own: instances that ask one Vert.x for any port are given the same port.
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    vertx.exceptionHandler(mistake -> mistakes.add(trace(mistake)));
    this.node = new Node(vertx, telemetry, options, EndpointListener.NONE, this::breakerListener);
    await(node.prepare(Optional.empty()));
    await(
        vertx.deployVerticle(
            () -> new GatewayVerticle(node), new DeploymentOptions().setInstances(loops)));
  }

  /** A gateway with as many event loops as users have at least. */
  public static GatewayFixture start(String yaml) {
    return new GatewayFixture(yaml, 2);
  }

  /** All connections on one event loop, so that they share one pool. */
  public static GatewayFixture onOneLoop(String yaml) {
    return new GatewayFixture(yaml, 1);
  }

  private static GatewayOptions options(String yaml) {
    ConfigReport report = ConfigFile.parse("test.yaml", complete(yaml), Map.of(), Path.of(""));
    return report.options().orElseThrow(() -> new AssertionError(report.problems() + "\n" + yaml));
  }

  /** Puts another configuration in the place of the present one. */
  void reload(String yaml) {
    await(node.reload(options(yaml)));
  }

  private static String trace(Throwable mistake) {
    var text = new StringWriter();
    mistake.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  /** Leaked buffers and mistakes that were caught are only ever logged. */
  private static Queue<String> watchErrors() {
    Queue<String> errors = new ConcurrentLinkedQueue<>();
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            // There is no admin port here: what one logs belongs to that one's own test.
            boolean own = !event.getLoggerName().equals(AdminVerticle.class.getName());
            if (own && event.getLevel().isGreaterOrEqual(Level.ERROR)) {
              errors.add(event.getLoggerName() + ": " + event.getFormattedMessage());
            }
          }
        };
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    return errors;
  }

  private static String complete(String yaml) {
    String server = yaml.contains("server:") ? "" : "server: {host: 127.0.0.1, port: 0}\n";
    return server + "telemetry: {logs: {access: false, level: warn}}\n" + yaml;
  }

  private Breaker.Listener breakerListener(String upstream) {
    return (from, to, why) -> changes.add(upstream + " " + from + ">" + to + " " + why);
  }

  int port() {
    return node.port();
  }

  Upstream upstream(String name) {
    return node.upstreams().current().get(name);
  }

  /** What the breakers did, such as {@code origin CLOSED>OPEN CONSECUTIVE_FAILURES}. */
  List<String> breakerChanges() {
    return List.copyOf(changes);
  }

  /** The sum of all series of {@code name} whose labels contain each of {@code labels}. */
  double metric(String name, String... labels) {
    String text = await(telemetry.meters().scrape(vertx, null)).body().toString();
    return text.lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Waits until nothing is held for any request any more: no place, no connection in use. */
  void awaitIdle() {
    node.upstreams().current().values().forEach(GatewayFixture::awaitIdle);
    await(
        "requests in flight: 0",
        () -> metric("tidegate_requests_in_flight") == 0 || noSuch("tidegate_requests_in_flight"));
  }

  private boolean noSuch(String name) {
    return !await(telemetry.meters().scrape(vertx, null)).body().toString().contains(name);
  }

  private static void awaitIdle(Upstream upstream) {
    await(
        upstream.name() + ": pool in use " + upstream.slots().inFlight(),
        () -> upstream.slots().inFlight() == 0 && upstream.slots().waiting() == 0);
    await(
        upstream.name() + ": bulkhead " + upstream.bulkhead().inFlight(),
        () -> upstream.bulkhead().inFlight() == 0 && upstream.bulkhead().waiting() == 0);
    await(
        upstream.name() + ": extra attempts " + upstream.budget().atOnce(),
        () -> upstream.budget().atOnce() == 0);
    for (Endpoint endpoint : upstream.endpoints().all()) {
      await(upstream.name() + ": calls at " + endpoint.label(), () -> endpoint.inFlight() == 0);
    }
  }

  /** Waits for what another thread will bring about; fails when it does not. */
  static void await(String what, BooleanSupplier met) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!met.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    node.upstreams().close();
    await(vertx.close());
    mistakes.addAll(ERRORS);
    ERRORS.clear();
    if (!mistakes.isEmpty()) {
      throw new AssertionError("an event loop met: " + mistakes);
    }
  }
}
