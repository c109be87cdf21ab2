package io.tidegate.gateway.upstream;

import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One address of an upstream and what is known of it: calls in flight, whether health checks pass,
 * whether it was left out because it kept failing. Any thread may call any method; none blocks,
 * except that the failure which ejects the endpoint briefly takes its upstream's lock.
 */
public final class Endpoint {
  private final EndpointOptions options;
  private final InetAddress ip;
  private final SocketAddress address;
  private final String host;
  private final int port;
  private final boolean tls;
  private final HostAndPort authority;
  private final String peerName;
  private final String label;
  private final long identity;
  private final Failing failing;

  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean healthy = true;
  private volatile boolean ejected;
  private volatile long ejectedUntil;
  private volatile String lastCheck = "";

  // The row of ejections; touched only under the lock of the group.
  private int ejections;
  private long lastEjectedFor;
  private long restoredAt;

  Endpoint(EndpointOptions options, InetAddress ip, UpstreamTls tls, Failing whenFailing) {
    URI url = options.url();
    this.options = options;
    this.ip = ip;
    this.host = url.getHost();
    this.tls = "https".equals(url.getScheme());
    this.port = url.getPort() > 0 ? url.getPort() : this.tls ? 443 : 80;
    // The literal, not the InetAddress: with a literal Vert.x never asks DNS again.
    this.address = SocketAddress.inetSocketAddress(port, ip.getHostAddress());
    this.authority = HostAndPort.create(host, port);
    this.peerName = tls.serverName().orElseGet(() -> unbracketed(host));
    this.label = bracketed(ip.getHostAddress()) + ":" + port;
    this.identity = Hash.of(host + "@" + label);
    this.failing = whenFailing;
  }

  /** Where to connect to: an IP literal and a port, so that connecting asks no DNS. */
  public SocketAddress address() {
    return address;
  }

  /** Host as written in the configuration, for the Host field; an IPv6 literal in brackets. */
  public String host() {
    return host;
  }

  /** Host and port for the Host field or {@code :authority}. */
  HostAndPort authority() {
    return authority;
  }

  /** 1 to 65535; the scheme's own where the configuration has none. */
  public int port() {
    return port;
  }

  public boolean tls() {
    return tls;
  }

  /** Name sent as SNI and verified in the certificate: the configured one, or the host. */
  public String peerName() {
    return peerName;
  }

  /** Relative share of traffic, 1 to 1000. */
  public int weight() {
    return options.weight();
  }

  /** Free text of the configuration; may be empty. */
  public String zone() {
    return options.zone();
  }

  /** Address and port such as {@code 127.0.0.1:9001}, for metrics, logs and Proxy-Status. */
  public String label() {
    return label;
  }

  /** A call was given to this endpoint; each is followed by one {@link #end}. */
  public void begin() {
    inFlight.incrementAndGet();
  }

  /** A call came to its end, whichever. */
  public void end() {
    inFlight.decrementAndGet();
  }

  public int inFlight() {
    return inFlight.get();
  }

  /** An attempt went well: the row of failures is over. */
  public void succeeded() {
    // Read first: in good times the line stays shared between the cores.
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  /** An attempt failed in a way that speaks against this endpoint; may eject it. */
  public void failed() {
    if (!ejected) {
      failing.failed(this, failures.incrementAndGet());
    }
  }

  public int failuresInARow() {
    return failures.get();
  }

  /** Whether active health checks pass; true until they have shown otherwise. */
  public boolean healthy() {
    return healthy;
  }

  /** Whether it is left out because it kept failing. */
  public boolean ejected() {
    return ejected;
  }

  /** Whether calls go here unless too few endpoints are usable. */
  public boolean usable() {
    return healthy && !ejected;
  }

  /** What is left of the ejection at {@code now} (a {@link System#nanoTime}). */
  public Optional<Duration> ejectedFor(long now) {
    return ejected
        ? Optional.of(Duration.ofNanos(Math.max(0, ejectedUntil - now)))
        : Optional.empty();
  }

  /**
   * What the last active check saw, such as {@code status 503} or {@code timeout}; may be empty.
   */
  public String lastCheck() {
    return lastCheck;
  }

  void lastCheck(String seen) {
    lastCheck = seen;
  }

  InetAddress ip() {
    return ip;
  }

  /** The same on every node and after a restart, so that all agree where a hash leads. */
  long identity() {
    return identity;
  }

  void healthy(boolean now) {
    healthy = now;
  }

  /** Starts an ejection and says how long it lasts; an undisturbed while ends the row. */
  long eject(long now, Ejection ejection) {
    if (ejections > 0 && now - restoredAt >= lastEjectedFor) {
      ejections = 0;
    }
    lastEjectedFor = ejection.nanos(++ejections);
    ejectedUntil = now + lastEjectedFor;
    ejected = true;
    return lastEjectedFor;
  }

  void restore(long now) {
    restoredAt = now;
    failures.set(0);
    ejected = false;
  }

  long ejectedUntil() {
    return ejectedUntil;
  }

  /** Takes over what was known of the same address under an earlier configuration. */
  void inherit(Endpoint earlier) {
    healthy = earlier.healthy;
    lastCheck = earlier.lastCheck;
    failures.set(earlier.failures.get());
    ejections = earlier.ejections;
    lastEjectedFor = earlier.lastEjectedFor;
    restoredAt = earlier.restoredAt;
    ejectedUntil = earlier.ejectedUntil;
    ejected = earlier.ejected;
  }

  /** Hears of each failure, as the n-th in a row: no two threads are told the same number. */
  @FunctionalInterface
  interface Failing {
    void failed(Endpoint endpoint, int inARow);
  }

  /** How long the n-th ejection in a row lasts. */
  @FunctionalInterface
  interface Ejection {
    long nanos(int inARow);
  }

  private static String bracketed(String ip) {
    return ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public String toString() {
    return label;
  }
}
