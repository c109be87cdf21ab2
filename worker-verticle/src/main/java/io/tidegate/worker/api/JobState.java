package io.tidegate.worker.api;

import java.util.Locale;
import java.util.Optional;

/** Where a job is in its life. */
public enum JobState {
  /** Accepted, to be run later: not before its time. */
  SCHEDULED,
  /** Ready, waiting for a free place. */
  QUEUED,
  /** Somebody holds its lease. */
  RUNNING,
  /** A run did not end it; another follows at its time. */
  RETRYING,
  /** Done, with a result. */
  SUCCEEDED,
  /** The answer was definitive and negative; kept as result. Nothing for an operator to do. */
  FAILED,
  /** Retries are exhausted, or it killed whoever ran it: an operator has to look. */
  DEAD,
  /** Somebody did not want it any more. */
  CANCELED,
  /** Its deadline passed before it was started. */
  EXPIRED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** As written in documents, metrics and queries: lower case. */
  public String label() {
    return label;
  }

  /** The state of that label, if there is one. */
  public static Optional<JobState> of(String label) {
    for (JobState state : values()) {
      if (state.label.equals(label)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** Nothing but an operator's requeue or the end of its keeping changes it any more. */
  public boolean terminal() {
    return ordinal() >= SUCCEEDED.ordinal();
  }

  /** Neither running nor over: a deadline can still expire it. */
  public boolean waiting() {
    return this == SCHEDULED || this == QUEUED || this == RETRYING;
  }

  /** An operator may put it back into its queue (T13). */
  public boolean requeueable() {
    return terminal() && this != SUCCEEDED;
  }
}
