package io.tidegate.gateway.resilience;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Refuses calls to an upstream that keeps failing, and lets a few through now and then to see
 * whether it has recovered.
 *
 * <p>Shared by all event loops without locks. Each stay in a state is one {@link BreakerPhase}; a
 * change of state is a swap of phases, which one thread wins. Permission to call is a token that
 * names its phase, so a result that arrives in a later phase is recognised and ignored. The states
 * themselves and the way from open to half-open are those of vertx-circuit-breaker ({@link
 * BreakerMachine}); what is decided here is when it is told to open and to close.
 *
 * <p>Sources: rates and minimum calls as in Polly v8 and Resilience4j; {@code ISOLATED} as in
 * Polly.
 */
public final class Breaker {
  /** Where it stands. {@code ISOLATED}: opened by an operator, until closed by one. */
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN,
    ISOLATED
  }

  /** Why it changed. */
  public enum Reason {
    CONSECUTIVE_FAILURES,
    FAILURE_RATE,
    SLOW_RATE,
    PROBE_FAILED,
    /** A probe was not answered in time. */
    PROBE_LOST,
    PROBES_SUCCEEDED,
    /** It has been open for long enough. */
    RESTED,
    OPERATOR
  }

  /** Hears of each change, on the thread that made it; must neither block nor throw. */
  @FunctionalInterface
  public interface Listener {
    void onChange(State from, State to, Reason reason);
  }

  /** What {@link #tryAcquire} answers instead of a token. */
  public static final long REFUSED = -1;

  /** How long a probe may stay unanswered unless said otherwise: as long as a request may take. */
  public static final Duration PROBE_TIMEOUT = TimeoutOptions.DEFAULTS.total();

  private static final double MAX_JITTER = 0.1;
  private static final long NEVER = Long.MIN_VALUE;

  /** How late the machine may be with half-open before it is believed to be dead. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicReference<BreakerPhase> phase = new AtomicReference<>();
  private final AtomicLong restAskedUntil = new AtomicLong(NEVER);
  private final AtomicLong cautiousUntil = new AtomicLong(NEVER);
  private final BreakerOptions options;
  private final BreakerMachine.Maker machines;
  private final LongSupplier nanos;
  private final long origin;
  private final DoubleSupplier random;
  private final long probeTimeoutNanos;
  private final Listener listener;
  private volatile boolean retired;

  Breaker(
      BreakerOptions options,
      BreakerMachine.Maker machines,
      LongSupplier nanos,
      DoubleSupplier random,
      Duration probeTimeout,
      Listener listener) {
    this.options = options;
    this.machines = machines;
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    this.random = random;
    this.probeTimeoutNanos = probeTimeout.toNanos();
    this.listener = listener;
    phase.set(BreakerPhase.closed(0, machines.make(BreakerMachine.UNTIL_TOLD, silent()), window()));
  }

  /**
   * A closed breaker.
   *
   * @param name for people: the upstream's
   * @param probeTimeout how long a probe may stay unanswered before it counts as failed
   */
  public static Breaker create(
      Vertx vertx, String name, BreakerOptions options, Duration probeTimeout, Listener listener) {
    return new Breaker(
        options,
        (restMillis, watcher) -> new BreakerMachine.OfVertx(vertx, name, restMillis, watcher),
        System::nanoTime,
        () -> ThreadLocalRandom.current().nextDouble(),
        probeTimeout,
        listener);
  }

  /**
   * Asks to call.
   *
   * @return {@link #REFUSED}, or a token, which is handed back exactly once to {@link #succeeded},
   *     {@link #failed}, {@link #refusal} or {@link #neutral}
   */
  public long tryAcquire() {
    BreakerPhase now = phase.get();
    return switch (now.state) {
      case CLOSED -> now.token();
      case HALF_OPEN -> tryProbe(now);
      case OPEN -> {
        if (now() - now.restUntil > GRACE_NANOS) {
          wake(now);
        }
        yield REFUSED;
      }
      case ISOLATED -> REFUSED;
    };
  }

  private long tryProbe(BreakerPhase now) {
    long time = now();
    if (now.probes.overdue(time)) {
      open(now, Reason.PROBE_LOST);
      return REFUSED;
    }
    int place = now.probes.take(time);
    return place < 0 ? REFUSED : now.token(place);
  }

  /** The call was answered well, {@code durationNanos} after it began. */
  public void succeeded(long token, long durationNanos) {
    BreakerPhase now = phase.get();
    if (!now.issued(token)) {
      return;
    }
    if (now.state == State.CLOSED) {
      openIf(now, now.window.succeeded(durationNanos, minCalls()));
    } else if (now.probes.succeeded(
        BreakerPhase.place(token), durationNanos >= BreakerWindow.slowNanos(options))) {
      judgeProbes(now);
    }
  }

  /**
   * The call failed.
   *
   * @param retryAfterMillis for how long the upstream asked to be left alone, which lengthens the
   *     next rest up to {@code reset-max}; 0 if it did not ask
   */
  public void failed(long token, long durationNanos, long retryAfterMillis) {
    BreakerPhase now = phase.get();
    if (!now.issued(token)) {
      return;
    }
    if (retryAfterMillis > 0) {
      long asked = millisToNanos(Math.min(retryAfterMillis, options.resetMax().toMillis()));
      restAskedUntil.accumulateAndGet(now() + asked, Math::max);
    }
    if (now.state == State.CLOSED) {
      openIf(now, now.window.failed(durationNanos, minCalls()));
    } else if (now.probes.isOut(BreakerPhase.place(token))) {
      open(now, Reason.PROBE_FAILED);
    }
  }

  /**
   * The upstream answered that the request is at fault (4xx). That is counted neither for nor
   * against it; but a probe has shown that it works.
   */
  public void refusal(long token) {
    BreakerPhase now = phase.get();
    if (now.issued(token)
        && now.state == State.HALF_OPEN
        && now.probes.succeeded(BreakerPhase.place(token), false)) {
      judgeProbes(now);
    }
  }

  /** The call says nothing about the upstream (the client left): a probe's place is free again. */
  public void neutral(long token) {
    BreakerPhase now = phase.get();
    if (now.issued(token) && now.state == State.HALF_OPEN) {
      now.probes.giveBack(BreakerPhase.place(token));
    }
  }

  public State state() {
    return phase.get().state;
  }

  /** Whether any call now would be refused: not even a probe is due. */
  public boolean isResting() {
    BreakerPhase now = phase.get();
    return now.state == State.ISOLATED || (now.state == State.OPEN && now.restUntil - now() > 0);
  }

  /** When asking again makes sense, for Retry-After: 0 when closed, else at least 1. */
  public long retryAfterMillis() {
    BreakerPhase now = phase.get();
    long nanosLeft =
        switch (now.state) {
          case CLOSED -> 0;
          case OPEN -> Math.max(1, now.restUntil - now());
          case HALF_OPEN -> Math.max(1, Math.min(now.probes.nextDeadline() - now(), GRACE_NANOS));
          case ISOLATED -> options.reset().toNanos();
        };
    return nanosToMillis(nanosLeft);
  }

  /** An operator's: refuses all calls until {@link #close}. */
  public void isolate() {
    BreakerPhase now = phase.get();
    while (now.state != State.ISOLATED) {
      BreakerMachine machine =
          machines.make(
              BreakerMachine.UNTIL_TOLD, new Opening(now, State.ISOLATED, Reason.OPERATOR));
      if (phase.compareAndSet(now, BreakerPhase.isolated(now, machine))) {
        machine.open();
        return;
      }
      now = phase.get();
    }
  }

  /** An operator's: lets all calls through again, with nothing held against the upstream. */
  public void close() {
    restAskedUntil.set(NEVER);
    BreakerPhase now = phase.get();
    while (now.state != State.CLOSED) {
      BreakerMachine machine = machines.make(BreakerMachine.UNTIL_TOLD, silent());
      if (phase.compareAndSet(now, BreakerPhase.closed(now.generation + 1, machine, window()))) {
        tell(now.state, State.CLOSED, Reason.OPERATOR);
        return;
      }
      now = phase.get();
    }
  }

  /** Another takes its place: what its last calls still do to it is told to nobody. */
  public void retire() {
    retired = true;
  }

  private void tell(State from, State to, Reason reason) {
    if (!retired) {
      listener.onChange(from, to, reason);
    }
  }

  /** Another node opened its breaker: for one window, half the minimum of calls is enough here. */
  public void peerOpened() {
    cautiousUntil.set(now() + options.window().toNanos());
  }

  /** A probe of another node succeeded: if this one is open, it goes half-open now. */
  public void peerRecovered() {
    BreakerPhase now = phase.get();
    if (now.state == State.OPEN) {
      wake(now);
    }
  }

  private void openIf(BreakerPhase from, Reason reason) {
    if (reason != null) {
      open(from, reason);
    }
  }

  private void judgeProbes(BreakerPhase halfOpen) {
    double slow = halfOpen.probes.slowShare();
    if (slow > 0 && slow >= options.slowRate()) {
      open(halfOpen, Reason.SLOW_RATE);
    } else if (phase.compareAndSet(halfOpen, closedAfter(halfOpen))) {
      halfOpen.machine.close();
    }
  }

  private BreakerPhase closedAfter(BreakerPhase halfOpen) {
    return BreakerPhase.closed(halfOpen.generation + 1, halfOpen.machine, window());
  }

  private void open(BreakerPhase from, Reason reason) {
    int reopened = from.state == State.HALF_OPEN ? from.reopened + 1 : 0;
    open(from, reopened, restMillis(reopened), new Opening(from, State.OPEN, reason));
  }

  private void open(
      BreakerPhase from, int reopened, long restMillis, BreakerMachine.Watcher watcher) {
    BreakerMachine machine = machines.make(restMillis, watcher);
    long until = now() + millisToNanos(restMillis);
    if (phase.compareAndSet(from, BreakerPhase.open(from, reopened, machine, until))) {
      machine.open();
    }
  }

  /**
   * Opens it anew for the shortest time, so that half-open comes at once. Needed also when the rest
   * is long over: a timer dies with the verticle on whose context it was set.
   */
  private void wake(BreakerPhase open) {
    open(open, open.reopened, 1, new Opening(open, State.OPEN, Reason.RESTED));
  }

  private long restMillis(int reopened) {
    long max = Math.max(1, options.resetMax().toMillis());
    long base = Math.max(1, options.reset().toMillis());
    long grown = reopened < Long.SIZE - 1 && base <= max >> reopened ? base << reopened : max;
    double jitter = 1 + MAX_JITTER * (2 * random.getAsDouble() - 1);
    return Math.min(max, Math.max(Math.round(grown * jitter), askedMillis()));
  }

  private long askedMillis() {
    long until = restAskedUntil.get();
    return until == NEVER ? 0 : nanosToMillis(Math.max(0, until - now()));
  }

  /** Reads the clock only after a hint: it is asked for with each result. */
  private int minCalls() {
    long until = cautiousUntil.get();
    if (until == NEVER) {
      return options.minCalls();
    }
    if (until <= now()) {
      cautiousUntil.compareAndSet(until, NEVER);
      return options.minCalls();
    }
    return Math.max(1, options.minCalls() / 2);
  }

  private BreakerWindow window() {
    return new BreakerWindow(options, nanos);
  }

  private long now() {
    return nanos.getAsLong() - origin;
  }

  private static long millisToNanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Rounded up. */
  private static long nanosToMillis(long nanos) {
    return (nanos + 999_999) / 1_000_000;
  }

  private void halfOpen(long generation) {
    BreakerPhase now = phase.get();
    if (now.generation != generation) {
      return;
    }
    BreakerProbes probes = new BreakerProbes(Math.max(1, options.probes()), probeTimeoutNanos);
    if (phase.compareAndSet(now, BreakerPhase.halfOpen(now, probes))) {
      tell(State.OPEN, State.HALF_OPEN, Reason.RESTED);
    }
  }

  private static BreakerMachine.Watcher silent() {
    return new BreakerMachine.Watcher() {
      @Override
      public void opened() {}

      @Override
      public void halfOpened() {}

      @Override
      public void closed() {}
    };
  }

  /** Hears of the machine that was made to leave {@code from}. */
  private final class Opening implements BreakerMachine.Watcher {
    private final BreakerPhase from;
    private final State to;
    private final Reason reason;

    Opening(BreakerPhase from, State to, Reason reason) {
      this.from = from;
      this.to = to;
      this.reason = reason;
    }

    @Override
    public void opened() {
      if (from.state != to) {
        tell(from.state, to, reason);
      }
    }

    @Override
    public void halfOpened() {
      halfOpen(from.generation + 1);
    }

    @Override
    public void closed() {
      tell(State.HALF_OPEN, State.CLOSED, Reason.PROBES_SUCCEEDED);
    }
  }
}
