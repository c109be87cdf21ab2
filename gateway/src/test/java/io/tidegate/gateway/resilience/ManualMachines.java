package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** State machines as Vert.x has them, whose timers run when told to. */
final class ManualMachines implements BreakerMachine.Maker {
  private final LongSupplier clock;
  private Machine current;

  ManualMachines(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public BreakerMachine make(long restMillis, BreakerMachine.Watcher watcher) {
    return new Machine(restMillis, watcher);
  }

  /** Runs the timer of the machine opened last, if it is time. */
  void tick() {
    if (current != null) {
      current.tick();
    }
  }

  /** The rest of the machine opened last. */
  long restMillis() {
    return current.restMillis;
  }

  private final class Machine implements BreakerMachine {
    private final long restMillis;
    private final Watcher watcher;
    private long openedAt;
    private boolean open;

    Machine(long restMillis, Watcher watcher) {
      this.restMillis = restMillis;
      this.watcher = watcher;
    }

    @Override
    public void open() {
      openedAt = clock.getAsLong();
      open = true;
      current = this;
      watcher.opened();
    }

    @Override
    public void close() {
      watcher.closed();
    }

    void tick() {
      long rested = TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - openedAt);
      if (open && restMillis != UNTIL_TOLD && rested >= restMillis) {
        open = false;
        watcher.halfOpened();
      }
    }
  }
}
