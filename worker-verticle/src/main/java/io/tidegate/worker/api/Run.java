package io.tidegate.worker.api;

/**
 * A run of a job that is under way. The handler registers how to break it off; that is called at
 * most once, on whatever thread, when the job is canceled, takes too long, or the node stops.
 */
public final class Run {
  private final Delivery delivery;
  private Runnable stop;
  private JobProgress progress;
  private JobProgress told;
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

  /**
   * Says how far it is, for whoever asks about the job; on whatever thread, as often as one likes:
   * of what is said within half a second the last is told. Not kept over crashes.
   *
   * @param percent 0 to 100
   * @param text for people, at most {@value JobProgress#LONGEST} characters
   */
  public synchronized void progress(int percent, String text) {
    progress = new JobProgress(percent, text, progress == null ? 1 : progress.number() + 1);
  }

  /** What is to be told since this was asked before; null: nothing. */
  synchronized JobProgress news() {
    JobProgress now = progress == told ? null : progress;
    told = progress;
    return now;
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
