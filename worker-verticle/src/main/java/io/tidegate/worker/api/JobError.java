package io.tidegate.worker.api;

/**
 * Why a run did not succeed.
 *
 * @param type one of a small set, as {@code timeout}: may become a metric label
 * @param status of the upstream's answer; 0 when there was none
 * @param message for people; cut at {@value #MAX_MESSAGE} characters
 */
public record JobError(String type, int status, String message) {
  public static final int MAX_MESSAGE = 1024;

  public JobError {
    if (message.length() > MAX_MESSAGE) {
      message = message.substring(0, MAX_MESSAGE);
    }
  }
}
