package io.tidegate.cache.redis;

/** A command had no answer in its time, or was not even sent. Expected: without a stack. */
final class RedisAway extends Exception {
  private final String outcome;

  RedisAway(String outcome) {
    super("redis: " + outcome, null, false, false);
    this.outcome = outcome;
  }

  /** As it is counted. */
  String outcome() {
    return outcome;
  }
}
