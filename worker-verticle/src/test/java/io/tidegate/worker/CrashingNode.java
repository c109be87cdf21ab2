package io.tidegate.worker;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.sqlite.Failpoints;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that takes and does jobs until it is killed, or kills itself at a place. Each line that
 * it writes is something that it promised or did.
 */
public final class CrashingNode {
  static final int KILLED = 9;
  static final int CONCURRENCY = 4;
  private static final int CLIENTS = 8;
  private static final int BODY = 4096;

  private CrashingNode() {}

  /** Arguments: folder, place, how often to pass it before. Without a place it lives on. */
  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx();
    AtomicInteger passes = new AtomicInteger(args.length > 2 ? Integer.parseInt(args[2]) : 0);
    Failpoints failpoints =
        place -> {
          if (args.length > 1 && place.name().equals(args[1]) && passes.getAndDecrement() == 0) {
            Runtime.getRuntime().halt(KILLED);
          }
        };
    Path folder = Path.of(args[0]);
    JobsOptions options =
        new JobsOptions(
            new StoreOptions.Embedded(folder, 0),
            Map.of("q", QueueOptions.DEFAULTS.withConcurrency(CONCURRENCY)),
            JobsOptions.LEASE,
            Duration.ofSeconds(1));
    WorkerVerticle worker =
        new WorkerVerticle(
            options,
            JobMeters.NONE,
            Events.NONE,
            made ->
                new SqliteStore(
                    made,
                    new StoreOptions.Embedded(folder, 0),
                    JobMeters.NONE,
                    InstantSource.system(),
                    failpoints));
    WorkerBus.perform(vertx, QueueOptions.PERFORM, run -> perform(vertx, run.delivery().id()))
        .compose(any -> vertx.deployVerticle(worker))
        .onSuccess(any -> clients(vertx))
        .onFailure(
            failure -> {
              say("refused " + failure.getMessage());
              Runtime.getRuntime().halt(1);
            });
  }

  private static Future<Outcome> perform(Vertx vertx, Object id) {
    say("run " + id);
    return vertx
        .timer(1, TimeUnit.MILLISECONDS)
        .map(any -> new Outcome.Succeeded(new JobResult(200, JobHeaders.NONE, Buffer.buffer())));
  }

  private static void clients(Vertx vertx) {
    say("ready");
    Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    for (int i = 0; i < CLIENTS; i++) {
      submit(jobs);
    }
  }

  private static void submit(Jobs jobs) {
    Buffer body = Buffer.buffer(new byte[BODY]);
    JobRequest request = JobRequest.of("q", "r", new JobCall("POST", "/", JobHeaders.NONE, body));
    say("ask " + request.id());
    jobs.submit(request)
        .onSuccess(
            answer -> {
              if (answer instanceof Accepted accepted) {
                say("ack " + accepted.id());
              }
              submit(jobs);
            });
  }

  /** One write for one line: half a line is not promised. */
  private static void say(String line) {
    byte[] bytes = (line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }
}
