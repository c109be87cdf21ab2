package io.tidegate.worker.api;

/**
 * A run of a job that is under way. The handler registers how to break it off; that is called at
 * most once, on whatever thread, when the job is canceled, takes too long, or the node stops.
 */
public final class Run {
  private final Delivery delivery;
  private Runnable stop;
  private boolean aborted;

  public Run(Delivery delivery) {
    this.delivery = delivery;
  }

  public Delivery delivery() {
    return delivery;
  }

  /** What to do when it is to be broken off; done at once if that is so already. */
  public void onAbort(Runnable action) {
    synchronized (this) {
      stop = action;
      if (!aborted) {
        return;
      }
    }
    action.run();
  }

  /** Whether it is to be broken off: its outcome will not count. */
  public synchronized boolean aborted() {
    return aborted;
  }

  /** Breaks it off. */
  void abort() {
    Runnable action;
    synchronized (this) {
      if (aborted) {
        return;
      }
      aborted = true;
      action = stop;
    }
    if (action != null) {
      action.run();
    }
  }
}
