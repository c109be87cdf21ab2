package io.tidegate.worker.api;

import java.time.Instant;
import java.util.Optional;

/**
 * On what terms a job is done. What is left open is taken from its queue.
 *
 * @param runAt not before; empty: now
 * @param deadline not to be started after; empty: the queue's, counted from acceptance
 * @param priority 0 (last) to 9 (first)
 * @param maxAttempts 1 to 100; 0: the queue's
 * @param group jobs of one group in a queue run one after the other, in the order of acceptance;
 *     empty: none
 * @param callback where to tell of the end; empty: nowhere
 */
public record JobTerms(
    Optional<Instant> runAt,
    Optional<Instant> deadline,
    int priority,
    int maxAttempts,
    String group,
    String callback) {
  public static final int MAX_PRIORITY = 9;
  public static final int MAX_ATTEMPTS = 100;
  public static final int MAX_GROUP = 255;
  public static final JobTerms DEFAULT =
      new JobTerms(Optional.empty(), Optional.empty(), 0, 0, "", "");

  public JobTerms {
    if (priority < 0 || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException("priority: " + priority + " (expected: 0 to 9)");
    }
    if (maxAttempts < 0 || maxAttempts > MAX_ATTEMPTS) {
      throw new IllegalArgumentException("max attempts: " + maxAttempts + " (expected: 1 to 100)");
    }
    if (group.length() > MAX_GROUP) {
      throw new IllegalArgumentException(
          "group: " + group.length() + " characters (expected: at most " + MAX_GROUP + ")");
    }
  }

  public JobTerms withRunAt(Instant time) {
    return new JobTerms(Optional.of(time), deadline, priority, maxAttempts, group, callback);
  }

  public JobTerms withDeadline(Instant time) {
    return new JobTerms(runAt, Optional.of(time), priority, maxAttempts, group, callback);
  }

  public JobTerms withPriority(int newPriority) {
    return new JobTerms(runAt, deadline, newPriority, maxAttempts, group, callback);
  }

  public JobTerms withMaxAttempts(int attempts) {
    return new JobTerms(runAt, deadline, priority, attempts, group, callback);
  }

  public JobTerms withGroup(String newGroup) {
    return new JobTerms(runAt, deadline, priority, maxAttempts, newGroup, callback);
  }

  public JobTerms withCallback(String url) {
    return new JobTerms(runAt, deadline, priority, maxAttempts, group, url);
  }
}
