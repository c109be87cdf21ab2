package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.OutlierOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The endpoints of one upstream on this node, shared by its event loops: who they are, which may be
 * chosen, and the choice. Choosing takes no lock and allocates nothing; changes (DNS, health,
 * ejection) are rare, take a lock for microseconds and publish a new {@link Selection}.
 */
public final class Endpoints {
  private static final double JITTER = 0.1;

  private final UpstreamOptions options;
  private final EndpointListener listener;
  private final LongSupplier clock;
  private final DoubleSupplier chance;
  private final Balancer balancer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Membership membership;
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private volatile Selection selection;

  /** Endpoints given by address are there at once, those given by name when they are resolved. */
  public Endpoints(UpstreamOptions options, EndpointListener listener) {
    this(options, listener, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * @param clock nanoseconds as of {@link System#nanoTime}
   * @param chance 0 to 1, exclusive; decides draws and jitter
   */
  Endpoints(
      UpstreamOptions options,
      EndpointListener listener,
      LongSupplier clock,
      DoubleSupplier chance) {
    this.options = options;
    this.listener = listener;
    this.clock = clock;
    this.chance = chance;
    this.balancer = Balancer.of(options.balance(), bound -> (int) (chance.getAsDouble() * bound));
    this.membership = new Membership(options, this::failing);
    publish();
  }

  public String upstream() {
    return options.name();
  }

  /**
   * Chooses an endpoint for one attempt.
   *
   * @param hash where the request's hash leads ({@link Hash#of}); 0 where the balance has none
   * @param avoid endpoint of the attempt that failed, not taken if another will do; null: none
   * @return null if there is nobody to ask: no address is known ({@link #unresolved}), or active
   *     health checks find every endpoint down. Null, not Optional: once per attempt
   */
  public Endpoint pick(long hash, Endpoint avoid) {
    Selection now = selection;
    if (now.nextReturn() != Selection.NEVER && clock.getAsLong() - now.nextReturn() >= 0) {
      endEjections();
      now = selection;
    }
    return now.pick(hash, avoid);
  }

  /** Of the usable endpoints that are {@code wanted}, the one with the fewest calls per weight. */
  Optional<Endpoint> least(Predicate<Endpoint> wanted) {
    return Stream.of(selection.usable())
        .filter(wanted)
        .min(Comparator.comparingDouble(one -> (double) one.inFlight() / one.weight()));
  }

  /** All endpoints at the moment. */
  public List<Endpoint> all() {
    return List.of(selection.members());
  }

  /** How many are neither ejected nor found unhealthy. */
  public int usable() {
    return selection.usable().length;
  }

  /** Whether so few are usable that first attempts go to all (see {@link Selection}). */
  public boolean panic() {
    return selection.panic();
  }

  /** Whether no address is known yet, because no name could be resolved. */
  public boolean unresolved() {
    return selection.members().length == 0;
  }

  /**
   * Takes over addresses, health and ejections of the endpoints that an earlier configuration of
   * the upstream had as well; to be called before the first choice.
   */
  public void inherit(Endpoints earlier) {
    lock.lock();
    earlier.lock.lock();
    try {
      membership.inherit(earlier.membership);
      keepOneUsable();
      publish();
    } finally {
      earlier.lock.unlock();
      lock.unlock();
    }
  }

  /** Runs {@code watcher} after each change of membership, on the thread that made it. */
  void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  UpstreamOptions options() {
    return options;
  }

  /** Positions in the configuration whose host is a name rather than an address. */
  int[] named() {
    return IntStream.range(0, options.endpoints().size())
        .filter(i -> Membership.literal(options.endpoints().get(i)).isEmpty())
        .toArray();
  }

  /** Whether the name at this position has any address, be it an old one. */
  boolean resolved(int position) {
    lock.lock();
    try {
      return membership.resolved(position);
    } finally {
      lock.unlock();
    }
  }

  /** The name at this position now has these addresses, of which there is at least one. */
  void resolved(int position, List<InetAddress> addresses) {
    Membership.Change change;
    List<Endpoint> restored;
    lock.lock();
    try {
      change = membership.update(position, addresses);
      restored = keepOneUsable();
      publish();
    } finally {
      lock.unlock();
    }
    if (!change.nothing()) {
      watchers.forEach(Runnable::run);
      listener.membershipChanged(upstream(), change.added(), change.removed());
    }
    restored.forEach(back -> listener.restored(upstream(), back));
  }

  /** Active checks made up their mind about an endpoint. */
  void healthy(Endpoint endpoint, boolean healthy) {
    List<Endpoint> restored;
    lock.lock();
    try {
      if (endpoint.healthy() == healthy || !membership.all().contains(endpoint)) {
        return;
      }
      endpoint.healthy(healthy);
      restored = keepOneUsable();
      publish();
    } finally {
      lock.unlock();
    }
    listener.healthChanged(upstream(), endpoint, healthy);
    restored.forEach(back -> listener.restored(upstream(), back));
  }

  /** An active check passed, which is better evidence than the failures that led to an ejection. */
  void passed(Endpoint endpoint) {
    if (!endpoint.ejected()) {
      return;
    }
    lock.lock();
    try {
      endpoint.restore(clock.getAsLong());
      publish();
    } finally {
      lock.unlock();
    }
    listener.restored(upstream(), endpoint);
  }

  private void failing(Endpoint endpoint, int inARow) {
    // Asked again only after as many failures, by when ejections of others may have ended.
    if (inARow % options.outlier().failures() != 0 || selection.members().length < 2) {
      return;
    }
    endEjections();
    long howLong;
    lock.lock();
    try {
      if (!mayEject(endpoint)) {
        return;
      }
      howLong = endpoint.eject(clock.getAsLong(), this::ejectionNanos);
      publish();
    } finally {
      lock.unlock();
    }
    listener.ejected(upstream(), endpoint, Duration.ofNanos(howLong));
  }

  /** The share is taken as it would be afterwards, and somebody must be left to ask. */
  private boolean mayEject(Endpoint endpoint) {
    List<Endpoint> members = membership.all();
    long ejected = members.stream().filter(Endpoint::ejected).count() + 1;
    double allowed = options.outlier().maxEjected() * members.size();
    return !endpoint.ejected()
        && members.contains(endpoint)
        && ejected <= allowed + 1e-9
        && members.stream().anyMatch(other -> other != endpoint && other.usable());
  }

  private long ejectionNanos(int inARow) {
    OutlierOptions outlier = options.outlier();
    long base = Math.max(1, outlier.eject().toNanos());
    long most = Math.max(base, outlier.maxEject().toNanos());
    long nanos = inARow > most / base ? most : base * inARow;
    return (long) (nanos * (1 + JITTER * chance.getAsDouble()));
  }

  private void endEjections() {
    // Whoever finds the lock taken goes on with what is there: an event loop does not wait for it.
    if (!lock.tryLock()) {
      return;
    }
    List<Endpoint> restored = new ArrayList<>();
    try {
      long now = clock.getAsLong();
      for (Endpoint member : membership.all()) {
        if (member.ejected() && now - member.ejectedUntil() >= 0) {
          member.restore(now);
          restored.add(member);
        }
      }
      if (!restored.isEmpty()) {
        publish();
      }
    } finally {
      lock.unlock();
    }
    restored.forEach(back -> listener.restored(upstream(), back));
  }

  /**
   * When the last usable one goes, those merely ejected come back: ejections never leave nobody.
   */
  private List<Endpoint> keepOneUsable() {
    List<Endpoint> members = membership.all();
    if (members.stream().anyMatch(Endpoint::usable)) {
      return List.of();
    }
    long now = clock.getAsLong();
    List<Endpoint> back =
        members.stream().filter(member -> member.healthy() && member.ejected()).toList();
    back.forEach(member -> member.restore(now));
    return back;
  }

  private void publish() {
    selection = Selection.of(membership.all().toArray(Endpoint[]::new), balancer);
  }
}
