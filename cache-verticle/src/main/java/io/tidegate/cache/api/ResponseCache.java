package io.tidegate.cache.api;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * Stored responses, as a node's gateway uses them. A hit in memory is answered where the request
 * is; what needs to be agreed on with others is asked of the cache's verticle.
 *
 * <p>Nothing here fails for an expected reason: a tier that is away is a miss. All methods are
 * called on an event loop, from any.
 */
public interface ResponseCache {
  /** Looks in memory. At once, without waiting and without a message. */
  Verdict lookup(CacheQuery query);

  /**
   * Looks in all tiers, and waits for whoever calls the origin for the same key already. Ends by
   * itself after the time of a lease; a caller that has lost interest drops the verdict, and calls
   * {@link Lease#abandon} when it is a {@link Verdict.Lead} or {@link Verdict.Pass}.
   */
  Future<Verdict> ask(CacheQuery query);

  /**
   * Asks for the right to refresh a stale response in the background. Empty when somebody else does
   * already.
   */
  Future<Optional<Lease>> refresh(CacheQuery query);

  /**
   * A stored response however old, up to {@code stale-if-error}, for when all else has failed. From
   * memory, at once.
   */
  Optional<Verdict.Serve> stale(CacheQuery query);

  /**
   * Tells of an answer that came without a {@link Lease}: a successful unsafe method makes what is
   * stored for its target invalid, also in other tiers and nodes (RFC 9111 §4.4).
   *
   * @param headers of the answer
   */
  void answered(CacheQuery query, int status, MultiMap headers);

  /**
   * Forgets, in every tier and on every node.
   *
   * @return how many responses this node's memory tier held of what was ordered; from the moment
   *     that this is known, none of them is used any more on this node
   */
  Future<Long> purge(PurgeOrder order);

  /** The key that a query has, for people to read. */
  String key(CacheQuery query);
}
