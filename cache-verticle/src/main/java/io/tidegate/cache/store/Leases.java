package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.Variants;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who calls the origin for what, and who waits for whom. All of its state is on the verticle's
 * event loop; what others tell it comes there.
 *
 * <p>Those who wait get, once there is something to know: the answer as it arrives; or the stored
 * one when it was confirmed; or leave to make calls of their own, all at once, when the answer is
 * for one request only (and then nobody waits for that key for a while); or the caller's own
 * failure, all of them: one of them calling next would make the others wait once more for most
 * likely the same. Who finds the failure comes too late for it, and calls.
 */
public final class Leases {
  /** Calls for different variants of one key at once; more are not waited for. */
  private static final int MOST_TURNS = 64;

  private final Front front;
  private final Parts parts;
  private final Context context;
  private final Map<String, List<Turn>> turns = new HashMap<>();

  /** Made on the verticle's event loop. */
  public Leases(Front front) {
    this.front = front;
    this.parts = front.parts();
    this.context = parts.context();
  }

  /** Calls for which somebody may wait. */
  int size() {
    return turns.values().stream().mapToInt(List::size).sum();
  }

  /** What to do for a request that memory does not answer. */
  public Future<Verdict> ask(CacheQuery query) {
    Promise<Verdict> promise = Promise.promise();
    resolve(new Turn.Waiter(query, promise, System.nanoTime()));
    return promise.future();
  }

  /** The right to refresh, unless somebody calls already. */
  public Future<Optional<Lease>> refresh(CacheQuery query) {
    String key = Rules.key(query);
    for (Turn each : turns.getOrDefault(key, List.of())) {
      if (each.mayAnswer(query)) {
        return Future.succeededFuture(Optional.empty());
      }
    }
    Turn turn = begin(query, key);
    return Future.succeededFuture(Optional.of(lead(turn, query)));
  }

  private void resolve(Turn.Waiter asker) {
    CacheQuery query = asker.query();
    Verdict now = front.lookup(query);
    if (!(now instanceof Verdict.Ask ask)) {
      asker.promise().complete(now);
      return;
    }
    String key = Rules.key(query);
    List<Turn> ofKey = turns.getOrDefault(key, List.of());
    for (Turn each : ofKey) {
      if (isUsable(each) && each.mayAnswer(query)) {
        join(each, asker, ask);
        return;
      }
    }
    if (ofKey.size() >= MOST_TURNS) {
      pass(asker, "too-many-variants");
      return;
    }
    begin(asker, key);
  }

  /** What changed since it began is not in its answer. */
  private boolean isUsable(Turn turn) {
    return turn.call() == null
        || !parts.memory().hasChanged(turn.key(), turn.call().beganNanos())
            && (turn.stream() == null
                || turn.stream().isOpen() && front.isLive(turn.stream().head()));
  }

  private void join(Turn turn, Turn.Waiter asker, Verdict.Ask ask) {
    Verdict alone = turn.call() == null ? ask : front.lookupAlone(asker.query());
    if (!(alone instanceof Verdict.Ask)) {
      asker.promise().complete(alone); // It does not wait for calls, whoever makes them.
    } else if (turn.stream() != null) {
      follow(turn.stream(), asker, ask);
    } else if (turn.size() < parts.limits().waiters()) {
      turn.add(asker);
    } else {
      pass(asker, "too-many-wait");
    }
  }

  private void follow(Stream stream, Turn.Waiter asker, Verdict.Ask ask) {
    CacheQuery query = asker.query();
    if (!front.isServed(query, stream.head())) {
      pass(asker, "not-for-others");
      return;
    }
    StreamReader reader = stream.open();
    if (reader == null) {
      resolve(asker); // It has just ended: what came of it is in memory, or has to be called anew.
      return;
    }
    asker
        .promise()
        .complete(
            new Verdict.Follow(
                reader, Rules.onTheWay(query, stream.head(), stream.length()), ask.why()));
  }

  private void pass(Turn.Waiter asker, String detail) {
    CacheQuery query = asker.query();
    asker.promise().complete(front.pass(query, detail));
  }

  private void begin(Turn.Waiter asker, String key) {
    Turn turn = begin(asker.query(), key);
    if (!parts.shared().isThere()) {
      grant(turn, asker);
      return;
    }
    turn.add(asker);
    long generation = parts.purges().generation();
    long asked = System.nanoTime();
    parts
        .shared()
        .get(key, asker.query().headers())
        .onComplete(
            got -> {
              Optional<Entry> found =
                  got.result().filter(each -> !parts.memory().hasChanged(key, asked));
              found.ifPresent(entry -> parts.memory().put(entry.as(generation)));
              lookedUp(turn, found.isPresent());
            });
  }

  /** The shared tier has been asked: those whom it does not help wait for one of them. */
  private void lookedUp(Turn turn, boolean found) {
    List<Turn.Waiter> all = turn.release();
    for (Turn.Waiter each : all) {
      Verdict now = front.lookupAlone(each.query());
      if (!(now instanceof Verdict.Ask)) {
        each.promise().complete(found ? fromShared(now) : now);
      } else if (turn.call() == null) {
        grant(turn, each);
      } else {
        turn.add(each);
      }
    }
    if (turn.call() == null) {
      remove(turn);
    }
  }

  private static Verdict fromShared(Verdict verdict) {
    return verdict instanceof Verdict.Serve it
        ? new Verdict.Serve(
            it.stored(),
            it.rendition(),
            it.use(),
            Verdict.Tier.REDIS,
            it.ageSeconds(),
            it.ttlSeconds(),
            it.refresh())
        : verdict;
  }

  private Turn begin(CacheQuery query, String key) {
    List<String> vary = knownVary(key);
    var turn =
        new Turn(this, key, vary, vary == null ? null : Variants.text(vary, query.headers()));
    turns.computeIfAbsent(key, first -> new ArrayList<>(1)).add(turn);
    return turn;
  }

  /** What answers to a key vary on, as far as is known: of what is on its way, or stored. */
  private List<String> knownVary(String key) {
    for (Turn each : turns.getOrDefault(key, List.of())) {
      if (each.vary() != null) {
        return each.vary();
      }
    }
    Slot slot = parts.memory().get(key);
    return slot == null || slot.variants().isEmpty()
        ? null
        : slot.variants().get(0).stored().vary();
  }

  private void grant(Turn turn, Turn.Waiter to) {
    Lease lease = lead(turn, to.query());
    to.promise().complete(new Verdict.Lead(lease, front.why(to.query())));
  }

  private Lease lead(Turn turn, CacheQuery query) {
    Call call = front.lead(query, turn);
    turn.call(call);
    rearm(turn, parts.limits().leaseMillis());
    return call;
  }

  private void rearm(Turn turn, long millis) {
    stop(turn);
    turn.timer(parts.vertx().setTimer(millis, fired -> expired(turn)));
  }

  private void stop(Turn turn) {
    if (turn.timer() >= 0) {
      parts.vertx().cancelTimer(turn.timer());
      turn.timer(-1);
    }
  }

  private void expired(Turn turn) {
    turn.timer(-1);
    if (turn.stream() != null) {
      turn.stream().sweep(System.nanoTime());
      rearm(turn, parts.limits().leaseMillis());
      return;
    }
    turn.releaseBefore(System.nanoTime() - parts.limits().waitMillis() * 1_000_000)
        .forEach(each -> pass(each, "waited-too-long"));
    succeed(turn);
  }

  /** The next in line calls. */
  private void succeed(Turn turn) {
    turn.call(null);
    Turn.Waiter next = turn.next();
    if (next == null) {
      remove(turn);
    } else {
      grant(turn, next);
    }
  }

  private void remove(Turn turn) {
    stop(turn);
    turn.call(null);
    List<Turn> ofKey = turns.get(turn.key());
    if (ofKey != null && ofKey.remove(turn) && ofKey.isEmpty()) {
      turns.remove(turn.key());
    }
  }

  /** How a call went. From any event loop. */
  void told(Turn turn, Call by, Call.Outcome outcome) {
    context.runOnContext(
        here -> {
          if (turn.call() == by) { // Otherwise it took too long, and another one calls by now.
            hear(turn, outcome);
          }
        });
  }

  private void hear(Turn turn, Call.Outcome outcome) {
    if (outcome instanceof Call.Outcome.Flying flying) {
      flies(turn, flying.stream());
    } else if (outcome instanceof Call.Outcome.Abandoned) {
      succeed(turn);
    } else {
      remove(turn);
      turn.release().forEach(each -> end(each, outcome));
    }
  }

  private void flies(Turn turn, Stream stream) {
    turn.flies(stream);
    rearm(turn, parts.limits().leaseMillis());
    for (Turn.Waiter each : turn.release()) {
      if (turn.mayAnswer(each.query())) {
        follow(stream, each, new Verdict.Ask(front.why(each.query())));
      } else {
        resolve(each); // It asked for another variant, as is known now.
      }
    }
  }

  private void end(Turn.Waiter waiter, Call.Outcome outcome) {
    CacheQuery query = waiter.query();
    if (outcome instanceof Call.Outcome.Failed failed) {
      Optional<Verdict.Serve> stale = front.stale(query);
      waiter
          .promise()
          .complete(
              stale.isPresent()
                  ? stale.get()
                  : new Verdict.Failed(failed.failure(), front.why(query)));
      return;
    }
    Verdict now = front.lookupAlone(query);
    if (now instanceof Verdict.Ask) {
      pass(waiter, "not-for-others");
    } else {
      waiter.promise().complete(now);
    }
  }
}
