package io.tidegate.worker.store.sqlite;

/** Places where a test may end the process, or break the disk. Nothing in production. */
@FunctionalInterface
public interface Failpoints {
  Failpoints NONE = place -> {};

  /** Where one can be. */
  enum Place {
    BATCH_OPEN,
    STEP_DONE,
    BEFORE_COMMIT,
    AFTER_COMMIT,
    BEFORE_CHECKPOINT,
    AFTER_CHECKPOINT,
    BEFORE_VACUUM,
    RECOVERED
  }

  /** The writer, or the checkpointer, is there. May throw to play a broken disk. */
  void reached(Place place);
}
