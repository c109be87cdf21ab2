package io.tidegate.cache.api;

import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * The right to call the origin for a key, and the duty to tell how it went: exactly one of {@link
 * #head}, {@link #failed} and {@link #abandon}. Later calls do nothing. It ends by itself after its
 * time; what its holder then brings is still given to that holder, but no longer to others.
 *
 * <p>All methods are to be called on the event loop of its holder, and neither wait nor block.
 */
public interface Lease {
  /**
   * Changes the fields of the request that goes out: asks for the whole (no Range, no conditions of
   * the client's), and whether the stored candidate is still good, when there is one.
   */
  void prepare(MultiMap outgoing);

  /**
   * Whether others wait for the outcome or read it: then the call goes on after its client has
   * left.
   */
  boolean isAwaited();

  /**
   * The origin's final head is here.
   *
   * @param headers without the fields of the connection; not changed afterwards
   * @param length declared bytes of body; -1 when it is delimited otherwise
   * @param requestMillis when the request was sent, since the epoch
   * @param responseMillis when the head came, since the epoch
   */
  Fetched head(int status, MultiMap headers, long length, long requestMillis, long responseMillis);

  /**
   * No head came, or none worth giving on. Those who wait get a stale answer, or the same failure.
   *
   * @return what to answer instead, when something stored may be used on an error
   */
  Optional<Verdict.Serve> failed(FetchFailure failure);

  /**
   * Nobody makes the call: its client has left before it began and nobody waits, or it is not
   * allowed now. One of those who wait leads next.
   */
  void abandon();
}
