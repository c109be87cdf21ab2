package io.tidegate.worker.run;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Lets one suspect at a time run on a node, so that nothing else dies with it twice: who asks the
 * store for one holds the claim until it has answered, and until the suspect's run is over.
 * Confined to the engine's context.
 */
final class Suspects {
  /**
   * How long a node has to live before it runs one. A node that is killed again and again by
   * somebody else would otherwise die with suspects, and they would be found guilty of it; and
   * whatever does no harm gets on before one that does is tried.
   */
  private static final Duration PROOF_OF_LIFE = Duration.ofSeconds(3);

  private final Context context;
  private final long born = System.nanoTime();

  /** Those that have room, and could not ask while another one did. */
  private final Set<Lane> inLine = new LinkedHashSet<>();

  private boolean claimed;
  private boolean armed;

  Suspects(Context context) {
    this.context = context;
  }

  /** Whoever gets true may ask for one, and says what came of it. */
  boolean claim() {
    if (claimed || youngMillis() > 0) {
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
    long young = youngMillis();
    if (young > 0) {
      arm(young);
    } else if (!claimed) {
      next();
    }
  }

  /** How long it is until the node is old enough; 0: it is. */
  private long youngMillis() {
    return Math.max(0, PROOF_OF_LIFE.toMillis() - (System.nanoTime() - born) / 1_000_000);
  }

  private void arm(long millis) {
    if (!armed) {
      armed = true;
      context
          .owner()
          .setTimer(
              millis,
              any -> {
                armed = false;
                next();
              });
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
