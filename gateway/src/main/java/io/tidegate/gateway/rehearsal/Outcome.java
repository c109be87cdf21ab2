package io.tidegate.gateway.rehearsal;

import java.time.Duration;

/**
 * How one request ended, as its client saw it.
 *
 * @param sent when it was due to be sent, since the load began
 * @param took from then until the end of the answer; for {@link End#UNANSWERED}, until the client
 *     gave up
 */
record Outcome(Duration sent, Duration took, End end) {
  /** Kinds of end. */
  enum End {
    /** A whole answer with a status below 400. */
    SUCCEEDED,
    /** A whole answer with another status, or one that was cut off. */
    FAILED,
    /** None until the rehearsal of the scenario was over. */
    UNANSWERED
  }

  boolean succeeded() {
    return end == End.SUCCEEDED;
  }
}
