package io.tidegate.cache.redis;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.store.Purges;
import io.tidegate.cache.store.SharedTier.Stamp;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The orders to forget that all nodes share, in Redis: a counter, and a set of orders each scored
 * with its number. To give an order is two steps whatever it names; to know whether a value may be
 * used, its number is compared with the counter, and when that has moved, the orders since are read
 * first. So an order holds for what is in Redis from the moment that it is given, even when every
 * message about it is lost.
 *
 * <p>The counter is of an epoch, a number by chance. Redis may lose counter or set, and begin anew:
 * then the epoch is another one, and values of the one before are nobody's.
 */
final class OrderLog {
  /** Different orders kept; values that are older than the oldest count as purged. */
  private static final int MOST = 10_000;

  /** Orders that wait for Redis to come back; more become one order that names everything. */
  private static final int MOST_PENDING = 1_000;

  /**
   * KEYS: counter, set. ARGV: a new epoch, an order or nothing, how many are kept. Gives epoch,
   * number, and the number below which orders were dropped.
   */
  private static final String SCRIPT =
      """
      local e = redis.call('HGET', KEYS[1], 'e')
      local n = redis.call('HGET', KEYS[1], 'n')
      if not e or (n ~= '0' and redis.call('EXISTS', KEYS[2]) == 0) then
        redis.call('DEL', KEYS[1], KEYS[2])
        redis.call('HSET', KEYS[1], 'e', ARGV[1], 'n', '0', 'f', '0')
        e = ARGV[1]
        n = '0'
      end
      if ARGV[2] ~= '' then
        n = redis.call('HINCRBY', KEYS[1], 'n', 1)
        redis.call('ZADD', KEYS[2], n, ARGV[2])
        local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
        if over > 0 then
          local last = redis.call('ZRANGE', KEYS[2], over - 1, over - 1, 'WITHSCORES')
          redis.call('HSET', KEYS[1], 'f', last[2])
          redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
        end
      end
      return {e, tostring(n), redis.call('HGET', KEYS[1], 'f')}
      """;

  private final RedisLink link;
  private final String counter;
  private final String orders;
  private final Consumer<PurgeOrder> heard;
  private final Deque<PurgeOrder> pending = new ArrayDeque<>();
  private Purges purges = new Purges();
  private Future<Void> syncing;
  private boolean sending;
  private boolean synced;

  /** Read from any thread: what a response has seen that is asked for now. */
  private volatile Stamp stamp = Stamp.NONE;

  /**
   * @param heard gets the orders that others have given
   */
  OrderLog(RedisLink link, String namespace, Consumer<PurgeOrder> heard) {
    this.link = link;
    this.counter = namespace + ":{orders}:n";
    this.orders = namespace + ":{orders}:log";
    this.heard = heard;
  }

  /** Whether what is in Redis can be judged, and nothing of ours is still to be told. */
  boolean isSynced() {
    return synced && pending.isEmpty();
  }

  Stamp stamp() {
    return stamp;
  }

  Purges purges() {
    return purges;
  }

  /** The connection is gone, or what it says is not to be trusted. */
  void lost() {
    synced = false;
  }

  /** Gives an order, now or when Redis is back. */
  void give(PurgeOrder order) {
    if (pending.size() >= MOST_PENDING) {
      pending.clear();
      pending.add(new PurgeOrder(PurgeOrder.Kind.ALL, "", false));
    }
    pending.add(order);
    send();
  }

  private void send() {
    if (sending || pending.isEmpty() || !link.isUp()) {
      return;
    }
    sending = true;
    PurgeOrder order = pending.peek();
    script("purge", text(order))
        .onComplete(
            done -> {
              sending = false;
              if (done.failed()) {
                synced = false; // The next synchronisation sends it once more.
                return;
              }
              pending.poll();
              given(order, done.result());
              send();
            });
  }

  private void given(PurgeOrder order, Response reply) {
    long number = reply.get(1).toLong();
    boolean next =
        reply.get(0).toString().equals(stamp.epoch()) && number == stamp.seen() + 1 && synced;
    if (next) {
      purges.add(order, number);
      stamp = new Stamp(stamp.epoch(), number);
    } else {
      synchronise(); // Others gave orders in between.
    }
  }

  /** Learns all orders there are; who asks while that is under way shares it. */
  Future<Void> synchronise() {
    if (syncing == null) {
      Future<Void> begun =
          script("sync", "")
              .compose(
                  reply ->
                      catchUp(
                          reply.get(0).toString(), reply.get(1).toLong(), reply.get(2).toLong()));
      syncing = begun;
      begun.onComplete(
          done -> {
            syncing = null;
            synced &= done.succeeded();
            send();
          });
    }
    return syncing == null ? Future.failedFuture(new RedisAway("skipped")) : syncing;
  }

  /** The counter, to be compared by {@link #isCurrent}. */
  Future<Response> counter() {
    return link.send("sync", Request.cmd(Command.HMGET).arg(counter).arg("e").arg("n"), 64);
  }

  /** Completes once all orders are known that the counter counts; fails when they cannot be. */
  Future<Void> known(Response counted) {
    if (isKnown(counted)) {
      return Future.succeededFuture();
    }
    // One that is under way may have begun before the order was given: then once more.
    return synchronise()
        .compose(done -> isKnown(counted) ? Future.succeededFuture() : synchronise());
  }

  private boolean isKnown(Response counted) {
    return counted.get(0) != null
        && counted.get(1) != null
        && counted.get(0).toString().equals(stamp.epoch())
        && counted.get(1).toLong() <= stamp.seen();
  }

  private Future<Void> catchUp(String epoch, long number, long floor) {
    boolean sameEpoch = epoch.equals(stamp.epoch());
    long known = sameEpoch ? stamp.seen() : 0;
    if (!sameEpoch) {
      purges = new Purges();
    }
    if (floor > known) {
      purges.raiseFloor(floor);
    }
    if (number == known) {
      return caughtUp(epoch, number);
    }
    Request since =
        Request.cmd(Command.ZRANGE)
            .arg(orders)
            .arg("(" + known)
            .arg(Long.toString(number))
            .arg("BYSCORE")
            .arg("WITHSCORES");
    boolean isNew = stamp.epoch().isEmpty() || !sameEpoch;
    return link.send("sync", since, 64)
        .compose(
            reply -> {
              apply(reply, isNew);
              return caughtUp(epoch, number);
            });
  }

  private Future<Void> caughtUp(String epoch, long number) {
    purges.number(number);
    stamp = new Stamp(epoch, number);
    synced = true;
    return Future.succeededFuture();
  }

  /**
   * @param isNew whether this node knew nothing of the log: then what is in its memory was not
   *     meant, or it was told
   */
  private void apply(Response pairs, boolean isNew) {
    // Pairs in RESP3, one list of members and scores by turns in RESP2.
    boolean flat = pairs.size() == 0 || pairs.get(0).type() != ResponseType.MULTI;
    int count = flat ? pairs.size() / 2 : pairs.size();
    for (int i = 0; i < count; i++) {
      Response member = flat ? pairs.get(2 * i) : pairs.get(i).get(0);
      Response score = flat ? pairs.get(2 * i + 1) : pairs.get(i).get(1);
      PurgeOrder order = order(member.toString());
      purges.add(order, score.toDouble().longValue());
      if (!isNew) {
        heard.accept(order);
      }
    }
  }

  private Future<Response> script(String name, String order) {
    return link.send(
        name,
        Request.cmd(Command.EVAL)
            .arg(SCRIPT)
            .arg(2)
            .arg(counter)
            .arg(orders)
            .arg(Long.toHexString(ThreadLocalRandom.current().nextLong()))
            .arg(order)
            .arg(MOST),
        1024 + order.length());
  }

  private static String text(PurgeOrder order) {
    return (order.soft() ? "s" : "h") + order.kind().name() + " " + order.text();
  }

  private static PurgeOrder order(String text) {
    int space = text.indexOf(' ');
    return new PurgeOrder(
        PurgeOrder.Kind.valueOf(text.substring(1, space)),
        text.substring(space + 1),
        text.charAt(0) == 's');
  }
}
