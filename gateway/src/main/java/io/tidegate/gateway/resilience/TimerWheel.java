package io.tidegate.gateway.resilience;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The timers of one event loop: a hashed wheel (Varghese and Lauck, 1987) that one periodic timer
 * turns, so that setting and cancelling a timeout costs a few writes instead of a timer in the loop
 * for each request.
 *
 * <p>A timeout never fires early; on a loop that is not held up it fires at most one tick of
 * {@value #TICK_MILLIS} ms late. What is due is decided by the clock and not by counting wake-ups,
 * hence lateness does not add up. The periodic timer runs only while something is waiting.
 *
 * <p>Everything but {@link #execute} is called on the wheel's own event loop; tasks run there, on
 * the context that the wheel was made on and not on that of the request which set them.
 */
public final class TimerWheel {
  static final long TICK_MILLIS = 10;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

  /** A power of two. One turn takes 5.12 s; what lies further ahead stays for more turns. */
  private static final int SLOTS = 512;

  /** More than a hundred years: far enough, and no sum of it and a time overflows. */
  private static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

  /** Whatever makes the wheel turn, about every {@link #TICK_MILLIS}. */
  interface Motor {
    void start(Runnable turn);

    void stop();

    void execute(Runnable task);
  }

  private final Motor motor;
  private final LongSupplier nanos;
  private final long origin;
  private final Timeout[] slots = new Timeout[SLOTS];
  private final Timeout due = new Timeout();
  private long lastTick;

  /** Written on the event loop alone, without the fence that a volatile write would be. */
  private final AtomicInteger size = new AtomicInteger();

  private boolean turning;

  TimerWheel(Motor motor, LongSupplier nanos) {
    this.motor = motor;
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Timeout();
    }
  }

  /** A wheel for the current context, which must be one of an event loop. */
  public static TimerWheel create(Vertx vertx) {
    Context context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException("a timer wheel needs an event loop context");
    }
    return new TimerWheel(new VertxMotor(vertx, context), System::nanoTime);
  }

  /**
   * Runs {@code task} once, after {@code delayMillis}.
   *
   * @param delayMillis 0 or less: at the next wake-up
   */
  public Timeout schedule(long delayMillis, Runnable task) {
    return timeout(task).restart(delayMillis);
  }

  /** A timeout that is not running yet; it can be started and cancelled any number of times. */
  public Timeout timeout(Runnable task) {
    return new Timeout(this, Objects.requireNonNull(task));
  }

  /** Runs {@code task} on the wheel's event loop, at once if already there. From any thread. */
  public void execute(Runnable task) {
    motor.execute(task);
  }

  /** How many timeouts are running; from any thread. */
  public int size() {
    return size.get();
  }

  private long now() {
    return nanos.getAsLong() - origin;
  }

  private void add(Timeout timeout, long delayMillis) {
    long now = now();
    int before = size.getPlain();
    size.lazySet(before + 1);
    if (before == 0 && !turning) {
      lastTick = now / TICK_NANOS;
      turning = true;
      motor.start(this::turn);
    }
    long delay = TimeUnit.MILLISECONDS.toNanos(Math.max(0, delayMillis));
    timeout.deadline = now + Math.min(delay, MAX_DELAY_NANOS);
    timeout.linkBefore(slots[(int) (timeout.deadline / TICK_NANOS) & (SLOTS - 1)]);
  }

  private void remove(Timeout timeout) {
    timeout.unlink();
    size.lazySet(size.getPlain() - 1);
  }

  private void turn() {
    if (size.getPlain() == 0) {
      turning = false;
      motor.stop();
      return;
    }
    collect(now());
    fire();
  }

  /** The slot of {@code lastTick} is looked at again: it may hold what was not due last time. */
  private void collect(long now) {
    long tick = now / TICK_NANOS;
    long first = Math.max(lastTick, tick - SLOTS + 1);
    for (long t = first; t <= tick; t++) {
      Timeout slot = slots[(int) t & (SLOTS - 1)];
      for (Timeout each = slot.next; each != slot; ) {
        Timeout next = each.next;
        if (each.deadline <= now) {
          each.unlink();
          each.linkBefore(due);
        }
        each = next;
      }
    }
    lastTick = tick;
  }

  /** A task may cancel others that are due, and set new ones: the list is read from its head. */
  private void fire() {
    RuntimeException failure = null;
    while (due.next != due) {
      Timeout timeout = due.next;
      remove(timeout);
      try {
        timeout.task.run();
      } catch (RuntimeException e) {
        failure = failure == null ? e : suppressed(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException suppressed(RuntimeException first, RuntimeException further) {
    if (first != further) {
      first.addSuppressed(further);
    }
    return first;
  }

  /** One timeout; also the node of the list it waits in, so that waiting allocates nothing. */
  public static final class Timeout {
    private final TimerWheel wheel;
    private final Runnable task;
    private Timeout previous;
    private Timeout next;
    private long deadline;

    /** The head of a list. */
    private Timeout() {
      this.wheel = null;
      this.task = null;
      this.previous = this;
      this.next = this;
    }

    private Timeout(TimerWheel wheel, Runnable task) {
      this.wheel = wheel;
      this.task = task;
    }

    /** Starts it, anew if it is running. Returns itself. */
    public Timeout restart(long delayMillis) {
      cancel();
      wheel.add(this, delayMillis);
      return this;
    }

    /** Whether it was running. Then its task will not run. */
    public boolean cancel() {
      if (!isRunning()) {
        return false;
      }
      wheel.remove(this);
      return true;
    }

    public boolean isRunning() {
      return next != null;
    }

    private void linkBefore(Timeout head) {
      previous = head.previous;
      next = head;
      previous.next = this;
      head.previous = this;
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = null;
      next = null;
    }
  }

  /**
   * A periodic timer of Vert.x. It is started from the wheel's own context, for it would otherwise
   * run on, and keep alive, the context of the request that happened to set the first timeout.
   */
  private static final class VertxMotor implements Motor {
    private final Vertx vertx;
    private final Context context;
    private Runnable turn;
    private long timer = -1;

    VertxMotor(Vertx vertx, Context context) {
      this.vertx = vertx;
      this.context = context;
    }

    @Override
    public void start(Runnable turn) {
      this.turn = turn;
      context.runOnContext(
          started -> timer = vertx.setPeriodic(TICK_MILLIS, id -> this.turn.run()));
    }

    @Override
    public void stop() {
      vertx.cancelTimer(timer);
      timer = -1;
    }

    @Override
    public void execute(Runnable task) {
      context.runOnContext(here -> task.run());
    }
  }
}
