package io.tidegate.gateway.rehearsal;

import java.time.Duration;
import java.util.OptionalInt;

/** What a faulty upstream does with one request that it has read to its end. */
sealed interface Behaviour {
  Behaviour FINE = new Answer(200, Duration.ZERO, OptionalInt.empty());

  /** Answers in whole after {@code delay}; {@code retryAfter} in seconds. */
  record Answer(int status, Duration delay, OptionalInt retryAfter) implements Behaviour {}

  /** Keeps the connection and says nothing. */
  record Hang() implements Behaviour {}

  /** Sends the head of an answer byte by byte, far too slowly to be of use. */
  record DripHead() implements Behaviour {}

  /** Sends the head at once and the body byte by byte, to the end. */
  record DripBody() implements Behaviour {}

  /** Resets the connection instead of answering. */
  record Reset() implements Behaviour {}

  /** Resets the connection in the middle of the body. */
  record ResetInBody() implements Behaviour {}

  static Behaviour status(int status) {
    return new Answer(status, Duration.ZERO, OptionalInt.empty());
  }

  static Behaviour late(Duration delay) {
    return new Answer(200, delay, OptionalInt.empty());
  }
}
