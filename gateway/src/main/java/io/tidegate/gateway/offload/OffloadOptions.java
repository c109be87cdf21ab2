package io.tidegate.gateway.offload;

import io.tidegate.worker.api.JobsOptions;
import java.util.Optional;

/**
 * Jobs as clients see them.
 *
 * @param prefix path under which jobs are asked about, as {@code /jobs}
 * @param scope header whose value tells whose a job is; empty: everybody's who knows its id
 * @param listing who may list jobs when there is no scope
 * @param subscribers of events, per node
 * @param maxResult bytes of a result that are kept; a larger one is left out
 * @param callbacks how clients' URLs are told of the end of a job
 * @param jobs queues and the store
 */
public record OffloadOptions(
    String prefix,
    Optional<String> scope,
    Listing listing,
    int subscribers,
    long maxResult,
    CallbackOptions callbacks,
    JobsOptions jobs) {
  /** Values of keys that are not written. */
  public static final String PREFIX = "/jobs";

  public static final int SUBSCRIBERS = 1_000;
  public static final long MAX_RESULT = 1 << 20;

  /** Who may list jobs. */
  public enum Listing {
    /** Clients on this machine. */
    LOCAL,
    ALL,
    NONE
  }

  public OffloadOptions {
    if (!prefix.startsWith("/") || prefix.length() < 2 || prefix.endsWith("/")) {
      throw new IllegalArgumentException("jobs.prefix: " + prefix + " (expected: such as /jobs)");
    }
    if (subscribers < 0) {
      throw new IllegalArgumentException("jobs.subscribers: " + subscribers + " (expected: >= 0)");
    }
    if (maxResult < 0) {
      throw new IllegalArgumentException("jobs.max-result: " + maxResult + " (expected: >= 0)");
    }
  }

  public OffloadOptions withJobs(JobsOptions other) {
    return new OffloadOptions(prefix, scope, listing, subscribers, maxResult, callbacks, other);
  }
}
