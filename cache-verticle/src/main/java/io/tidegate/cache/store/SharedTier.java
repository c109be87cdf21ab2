package io.tidegate.cache.store;

import io.tidegate.cache.api.PurgeOrder;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * The tier behind memory, shared by nodes. It never fails: what it cannot do now is a miss, or is
 * left. Used on the verticle's event loop, but for {@link #stamp}.
 */
public interface SharedTier {
  /** There is none. */
  SharedTier NONE =
      new SharedTier() {
        @Override
        public boolean isThere() {
          return false;
        }

        @Override
        public Future<Optional<Entry>> get(String key, MultiMap request) {
          return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Stamp stamp() {
          return Stamp.NONE;
        }

        @Override
        public void put(Entry entry, Stamp stamp) {}

        @Override
        public void delete(String key) {}

        @Override
        public void purge(PurgeOrder order) {}
      };

  /**
   * What orders a response has seen that is stored there.
   *
   * @param epoch which log of orders the number belongs to
   * @param seen number of the last of them
   */
  record Stamp(String epoch, long seen) {
    /** Of no log: nothing that has it is ever used. */
    public static final Stamp NONE = new Stamp("", 0);
  }

  /** Whether there is such a tier at all, be it out of reach now. */
  boolean isThere();

  /** What the request selects of what is stored by a key. */
  Future<Optional<Entry>> get(String key, MultiMap request);

  /** What a response has seen that is asked for now. From any thread. */
  Stamp stamp();

  /** Stores, some time soon. */
  void put(Entry entry, Stamp stamp);

  /** Deletes, some time soon. */
  void delete(String key);

  /** Lets all nodes know of an order; one that was made here. */
  void purge(PurgeOrder order);
}
