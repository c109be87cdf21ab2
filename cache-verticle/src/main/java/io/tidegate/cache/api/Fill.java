package io.tidegate.cache.api;

import io.vertx.core.buffer.Buffer;

/**
 * Where the body of a response goes that is to be stored. Used on one event loop; exactly one of
 * {@link #end} and {@link #abort} comes last, and what follows is dropped.
 */
public interface Fill {
  /**
   * The next bytes.
   *
   * @param chunk not written to afterwards: readers and the store share it
   * @return whether more may come now; false: stop the source until {@link Source#resume}
   */
  boolean chunk(Buffer chunk);

  /**
   * The body is complete. A body that is not as long as its head declared is handed to nobody as
   * complete, and is not stored.
   */
  void end();

  /** The body will not be completed: readers see it broken, nothing is stored. */
  void abort();

  /** Says who is to be told. Once, before the first {@link #chunk}. */
  void from(Source source);

  /** Called on the event loop that {@link Fill#from} was called on. */
  interface Source {
    /** Go on after {@link Fill#chunk} gave false. */
    void resume();

    /** Nobody reads any more and nothing will be stored: end the call. */
    void cancel();
  }
}
