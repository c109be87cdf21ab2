package io.tidegate.gateway.e2e;

/** A thread of its own for each task: tasks here wait for sockets. */
final class Threads {
  private Threads() {}

  static void run(Runnable task) {
    var thread = new Thread(task, "e2e-task");
    thread.setDaemon(true);
    thread.start();
  }
}
