package io.tidegate.worker.store;

/** The store cannot be asked at the moment, or ever again; whether a change was made is unknown. */
public final class StoreUnavailable extends RuntimeException {
  /**
   * @param reason for people
   * @param cause null when there is none
   */
  public StoreUnavailable(String reason, Throwable cause) {
    super(reason, cause, false, false); // A state of the store, not a mistake: no trace is needed.
  }
}
