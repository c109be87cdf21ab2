package com.example;

import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Run;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Has a program do the work: it reads the job's body and writes the result. Here it may block, each
 * job has a thread of its own.
 */
public final class ProgramHandler implements JobHandler {
  /** What a program says to be tried again, by convention: EX_TEMPFAIL. */
  private static final int LATER = 75;

  private final String program = System.getProperty("program", "sort");

  @Override
  public String name() {
    return "program";
  }

  @Override
  public Outcome handle(Run run) throws Exception {
    Path folder = Files.createTempDirectory("job-");
    Path output = folder.resolve("out");
    Path input = folder.resolve("in");
    try {
      Files.write(input, run.delivery().call().body().getBytes());
      int code = ran(run.delivery(), input, output);
      return outcome(code, Buffer.buffer(Files.readAllBytes(output)));
    } finally {
      Files.deleteIfExists(input);
      Files.deleteIfExists(output);
      Files.delete(folder);
    }
  }

  private int ran(Delivery job, Path input, Path output) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(program))
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(Redirect.DISCARD);
    // The same for every run of a job: by it the program can tell what it did before.
    builder.environment().put("JOB_KEY", job.key());
    Process process = builder.start();
    try {
      // Interrupted when the job is canceled, takes longer than its timeout, or the node stops.
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Outcome outcome(int code, Buffer output) {
    if (code == 0) {
      JobHeaders type = new JobHeaders(List.of("content-type", "text/plain"));
      return new Outcome.Succeeded(new JobResult(200, type, output));
    }
    JobError error = new JobError("exit", code, "the program ended with " + code);
    Optional<JobResult> result = Optional.of(new JobResult(422, JobHeaders.NONE, output));
    return code == LATER
        ? new Outcome.Retry(error, result, Optional.empty())
        : new Outcome.Failed(error, result);
  }
}
