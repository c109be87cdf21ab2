package io.tidegate.worker;

import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.Run;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a handler that may block: each job on a thread of its own. How many there are at once is
 * bounded by the concurrency of the queues that use it.
 */
final class BlockingHandler implements Performer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockingHandler.class);

  private final Vertx vertx;
  private final String name;
  private final JobHandler handler;
  private final ExecutorService threads;

  BlockingHandler(Vertx vertx, String name, JobHandler handler) {
    this.vertx = vertx;
    this.name = name;
    this.handler = handler;
    this.threads = threads(name);
  }

  /** Virtual threads where there are any; the code is compiled for a Java without. */
  private static ExecutorService threads(String name) {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException beforeJava21) {
      return Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tidegate-job-" + name);
            thread.setDaemon(true);
            return thread;
          });
    }
  }

  @Override
  public Future<Outcome> perform(Run run) {
    Context context = vertx.getOrCreateContext();
    Promise<Outcome> promise = Promise.promise();
    var task =
        threads.submit(
            () -> {
              Outcome outcome = outcome(run);
              context.runOnContext(any -> promise.tryComplete(outcome));
            });
    run.onAbort(
        () -> {
          task.cancel(true);
          // If it had not begun, nobody else answers.
          context.runOnContext(any -> promise.tryComplete(new Outcome.Released()));
        });
    return promise.future();
  }

  private Outcome outcome(Run run) {
    try {
      Outcome outcome = handler.handle(run);
      return outcome == null ? Outcome.retry("exception", "the handler returned null") : outcome;
    } catch (InterruptedException aborted) {
      return new Outcome.Released();
    } catch (Throwable failed) {
      // Errors as well: whatever ends the handler must not leave its job without an end.
      LOG.warn("job {}: handler {} failed", run.delivery().id(), name, failed);
      return Outcome.retry("exception", String.valueOf(failed));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
