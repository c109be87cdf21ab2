package io.tidegate.worker.api;

/**
 * Work that may block, found by {@link java.util.ServiceLoader}: each call has a thread of its own,
 * a virtual one from Java 21 on. One object serves all calls, so it has to be safe for several
 * threads.
 *
 * <p>A queue uses it by its address, {@link #address}.
 */
public interface JobHandler {
  /** Its name: letters, digits, dots, dashes and underscores. */
  String name();

  /**
   * Does one job. The thread is interrupted when the run is to be broken off.
   *
   * @throws Exception counts as a failed attempt that may be tried again
   */
  Outcome handle(Run run) throws Exception;

  /** The bus address of a handler, to be given as {@link QueueOptions#handler}. */
  static String address(String name) {
    return "jobs.handler." + name;
  }
}
