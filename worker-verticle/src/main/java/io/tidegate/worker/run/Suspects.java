package io.tidegate.worker.run;

import io.vertx.core.Context;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Lets one suspect at a time run on a node, so that nothing else dies with it twice: who asks the
 * store for one holds the claim until it has answered, and until the suspect's run is over.
 * Confined to the engine's context.
 */
final class Suspects {
  private final Context context;

  /** Those that have room, and could not ask while another one did. */
  private final Set<Lane> inLine = new LinkedHashSet<>();

  private boolean claimed;

  Suspects(Context context) {
    this.context = context;
  }

  /** Whoever gets true may ask for one, and says what came of it. */
  boolean claim() {
    if (claimed) {
      return false;
    }
    claimed = true;
    return true;
  }

  /** Whoever has the claim was answered. */
  void answered(boolean got) {
    claimed = got;
    if (!got) {
      next();
    }
  }

  /** It is woken when its turn comes. */
  void queue(Lane lane) {
    inLine.add(lane);
    if (!claimed) {
      next();
    }
  }

  /** The run of one is over. */
  void over() {
    claimed = false;
    next();
  }

  private void next() {
    Iterator<Lane> first = inLine.iterator();
    if (first.hasNext()) {
      Lane lane = first.next();
      first.remove();
      // Not from within its own answer, or another's.
      context.runOnContext(any -> lane.wake());
    }
  }
}
