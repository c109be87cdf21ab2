package io.tidegate.cache.api;

import io.vertx.core.buffer.Buffer;

/**
 * A response on its way into the store, for any number of readers on any event loops, each at its
 * own pace from the first byte. What outgrows the largest object to be stored goes on to those who
 * read it already, as fast as the slowest of them; one that stands still for too long is cut off.
 */
public interface Flight {
  /** Its head as it will be stored; the body is empty. */
  StoredResponse head();

  /** Declared bytes of body; -1 when not known. */
  long length();

  /**
   * Starts to read. Called on an event loop, on which {@code sink} is then called, never before
   * this returns.
   *
   * @param idleMillis how long the reader may stand still while others wait for it
   */
  Reader read(Sink sink, long idleMillis);

  /** Where the bytes go. */
  interface Sink {
    /**
     * The next bytes.
     *
     * @param chunk shared: not to be written to
     */
    void chunk(Buffer chunk);

    /** The body is complete. */
    void end();

    /** The body will not be completed, or this reader was too slow or too late. */
    void broken();
  }

  /** The reader's end; used on its event loop. */
  interface Reader {
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    /** Reads no more; the sink is not called again. Idempotent. */
    void cancel();
  }
}
