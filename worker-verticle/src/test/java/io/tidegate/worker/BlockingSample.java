package io.tidegate.worker;

import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Run;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** Work that blocks, as a user would bring it. */
public final class BlockingSample implements JobHandler {
  static final BlockingQueue<JobId> STARTED = new LinkedBlockingQueue<>();
  static final BlockingQueue<JobId> INTERRUPTED = new LinkedBlockingQueue<>();

  @Override
  public String name() {
    return "blocking";
  }

  @Override
  public Outcome handle(Run run) throws Exception {
    if (run.delivery().call().uri().equals("/slow")) {
      STARTED.add(run.delivery().id());
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException aborted) {
        INTERRUPTED.add(run.delivery().id());
        throw aborted;
      }
    }
    switch (run.delivery().call().uri()) {
      case "/error" -> throw new StackOverflowError("too deep");
      case "/link" -> throw new NoClassDefFoundError("com/example/Gone");
      case "/null" -> {
        return null;
      }
      default -> {}
    }
    Buffer body = Buffer.buffer("handled " + run.delivery().call().uri());
    return new Outcome.Succeeded(new JobResult(200, JobHeaders.NONE, body));
  }
}
