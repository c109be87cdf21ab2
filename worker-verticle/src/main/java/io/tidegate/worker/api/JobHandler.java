package io.tidegate.worker.api;

/**
 * Work that may block, found by {@link java.util.ServiceLoader} on the class path of the process:
 * each call has a thread of its own, a virtual one from Java 21 on. One object serves all calls, so
 * it has to be safe for several threads.
 *
 * <p>A queue uses it by its address, {@link #address}; in the file, by its name. After a crash, a
 * lost lease or a timeout a job runs again: {@link Delivery#key} is the same for all runs of it, by
 * which the work can tell what it did before.
 */
public interface JobHandler {
  /** Its name: letters, digits, dots, dashes and underscores. */
  String name();

  /**
   * Does one job. The thread is interrupted when the run is to be broken off: the job was canceled,
   * takes longer than its queue's timeout, or the node stops; what it returns then does not count.
   * A handler that goes on all the same may work beside the job's next run.
   *
   * @return how it ended; null counts as a failed attempt
   * @throws Exception counts as a failed attempt that may be tried again, as any error does
   */
  Outcome handle(Run run) throws Exception;

  /** The bus address of a handler, to be given as {@link QueueOptions#handler}. */
  static String address(String name) {
    return "jobs.handler." + name;
  }
}
