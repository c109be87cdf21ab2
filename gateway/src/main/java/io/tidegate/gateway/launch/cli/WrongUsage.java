package io.tidegate.gateway.launch.cli;

/** Arguments that say nothing; the message is for the user. */
final class WrongUsage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongUsage(String message) {
    super(message);
  }
}
