package io.tidegate.worker.api;

import io.vertx.core.buffer.Buffer;

/**
 * What a run brought back.
 *
 * @param status of the upstream's answer, or what the handler says in its place
 * @param headers those that are to be kept
 * @param body not to be changed any more
 */
public record JobResult(int status, JobHeaders headers, Buffer body) {
  /** A result with nothing to keep. */
  public static final JobResult EMPTY = new JobResult(204, JobHeaders.NONE, Buffer.buffer());
}
