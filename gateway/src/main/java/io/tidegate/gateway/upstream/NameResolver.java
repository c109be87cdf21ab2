package io.tidegate.gateway.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the endpoints of one upstream that are given by name at the addresses that DNS has for
 * them: each name is asked for again every 30 s (more often while it has no address), off the event
 * loops and through the system's resolver, so that {@code /etc/hosts} counts. When a name cannot be
 * resolved, the addresses last known stay.
 *
 * <p>Of a name with IPv4 and IPv6 addresses only the IPv4 ones are used: a host without IPv6 routes
 * would otherwise lose every other attempt, and {@code localhost} would be two endpoints.
 */
public final class NameResolver {
  /** How long {@link #start} waits for first answers. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int MOST_ADDRESSES = 64;
  private static final int THREADS = 4;

  private final Vertx vertx;
  private final Context context;
  private final Endpoints endpoints;
  private final Lookup lookup;
  private final Duration interval;
  private final WorkerExecutor workers;
  private final Set<Long> timers = new HashSet<>(); // this and closed: on the context alone
  private boolean closed;

  /** Asks for the addresses of a name; may block. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String name) throws UnknownHostException;
  }

  /** To be created on the event loop that is to keep the timers. */
  public NameResolver(Vertx vertx, Endpoints endpoints) {
    this(vertx, endpoints, InetAddress::getAllByName, INTERVAL);
  }

  NameResolver(Vertx vertx, Endpoints endpoints, Lookup lookup, Duration interval) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.endpoints = endpoints;
    this.lookup = lookup;
    this.interval = interval;
    this.workers = vertx.createSharedWorkerExecutor("tidegate-dns", THREADS);
  }

  /**
   * Lets the Java runtime remember addresses for 5 s and failures for 1 s, unless told otherwise;
   * its own 30 s would double ours. Works only before the first name is resolved.
   */
  public static void limitCaching() {
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "5");
    }
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
  }

  /**
   * Resolves and goes on resolving.
   *
   * @return done when each name was answered for once, after 2 s at the latest; never fails
   */
  public Future<Void> start() {
    Promise<Void> answered = Promise.promise();
    context.runOnContext(
        go -> {
          List<Future<Void>> first = new ArrayList<>();
          for (int position : endpoints.named()) {
            first.add(resolve(position, FIRST_RETRY));
          }
          Future.all(first)
              .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .onComplete(done -> answered.complete());
        });
    return answered.future();
  }

  /** Stops; look-ups that hang are left to end in their thread. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        stop -> {
          closed = true;
          timers.forEach(vertx::cancelTimer);
          timers.clear();
          workers.close().onComplete(done);
        });
    return done.future();
  }

  private Future<Void> resolve(int position, Duration retry) {
    String name = endpoints.options().endpoints().get(position).url().getHost();
    return workers
        .<Void>executeBlocking(
            () -> {
              endpoints.resolved(position, chosen(lookup.addresses(name)));
              return null;
            },
            false)
        .transform(
            result -> {
              again(position, name, result.succeeded(), retry);
              return Future.succeededFuture();
            });
  }

  /** Comes after the look-up itself has ended, so that one that hangs is not joined by others. */
  private void again(int position, String name, boolean succeeded, Duration retry) {
    if (closed || (succeeded && isLocal(name))) {
      return;
    }
    boolean urgent = !succeeded && !endpoints.resolved(position);
    Duration wait = urgent && retry.compareTo(interval) < 0 ? retry : interval;
    timers.add(
        vertx.setTimer(
            jittered(wait),
            timer -> {
              timers.remove(timer);
              resolve(position, urgent ? retry.multipliedBy(2) : FIRST_RETRY);
            }));
  }

  private static boolean isLocal(String name) {
    return name.equalsIgnoreCase("localhost")
        || name.toLowerCase(Locale.ROOT).endsWith(".localhost");
  }

  private static long jittered(Duration wait) {
    double factor = 0.9 + 0.2 * ThreadLocalRandom.current().nextDouble();
    return Math.max(1, (long) (wait.toMillis() * factor));
  }

  private static List<InetAddress> chosen(InetAddress[] answer) throws UnknownHostException {
    boolean v4 = Arrays.stream(answer).anyMatch(Inet4Address.class::isInstance);
    List<InetAddress> chosen =
        Arrays.stream(answer)
            .filter(address -> !v4 || address instanceof Inet4Address)
            // In one order, since DNS shuffles: no change is seen where there is none.
            .sorted((a, b) -> Arrays.compareUnsigned(a.getAddress(), b.getAddress()))
            .distinct()
            .limit(MOST_ADDRESSES)
            .toList();
    if (chosen.isEmpty()) {
      throw new UnknownHostException("no address");
    }
    return chosen;
  }
}
