package io.tidegate.gateway.config;

/** A scalar that does not fit; the message is meant for the user and shows no secret. */
final class Unfit extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  Unfit(String message) {
    super(message);
  }

  /** Thrown and caught for every wrong scalar: a stack trace would be made for nobody. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
