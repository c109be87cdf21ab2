package io.tidegate.cache.redis;

import io.tidegate.cache.CacheOptions.RedisTier;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.freshness.Variants;
import io.tidegate.cache.redis.ValueCodec.Value;
import io.tidegate.cache.redis.ValueCodec.Varies;
import io.tidegate.cache.redis.ValueCodec.Whole;
import io.tidegate.cache.store.Entry;
import io.tidegate.cache.store.SharedTier;
import io.tidegate.metrics.api.CacheMeters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Responses in Redis: by a digest of their key, and, where they vary, by one of key and variant
 * with a note of what they vary on in the key's place. Written behind the answer. On the verticle's
 * event loop, but for {@link #stamp}.
 */
public final class RedisShared implements SharedTier {
  /** How often it is asked whether other nodes gave orders that no message told of. */
  private static final long POLL_MILLIS = 1_000;

  /** Redis is full: it is not worth its time to ask again at once. */
  private static final long FULL_MILLIS = 1_000;

  private static final long LONGEST_MILLIS = 7L * 24 * 3600 * 1000;

  private final Vertx vertx;
  private final String namespace;
  private final CacheMeters meters;
  private final LongSupplier clock;
  private final RedisLink link;
  private final OrderLog log;
  private long fullUntil;
  private long timer = -1;

  /**
   * @param clock milliseconds since the epoch
   * @param heard gets the orders that other nodes have given
   */
  public RedisShared(
      Vertx vertx,
      RedisTier options,
      CacheMeters meters,
      LongSupplier clock,
      Consumer<PurgeOrder> heard) {
    this.vertx = vertx;
    this.namespace = options.namespace();
    this.meters = meters;
    this.clock = clock;
    this.link = new RedisLink(vertx, options, meters, this::up, this::down);
    this.log = new OrderLog(link, namespace, heard);
  }

  /** Begins to connect; whether and when that succeeds is nobody's concern. */
  public void open() {
    link.open();
    timer = vertx.setPeriodic(POLL_MILLIS, fired -> poll());
  }

  public void close() {
    vertx.cancelTimer(timer);
    link.close();
  }

  private void up() {
    log.synchronise();
  }

  private void down() {
    log.lost();
  }

  private void poll() {
    if (!link.isUp()) {
      return;
    }
    if (!log.isSynced()) {
      log.synchronise();
      return;
    }
    log.counter().compose(log::known);
  }

  @Override
  public boolean isThere() {
    return true;
  }

  @Override
  public Stamp stamp() {
    return log.stamp();
  }

  @Override
  public Future<Optional<Entry>> get(String key, MultiMap request) {
    if (!link.isUp() || !log.isSynced()) {
      meters.redis("get", "skipped", 0);
      return Future.succeededFuture(Optional.empty());
    }
    // Orders given until now are learnt before anything is judged.
    Future<Void> known = log.counter().compose(log::known);
    Future<Optional<Value>> value = read(place(key));
    return Future.join(known, value)
        .compose(both -> selected(key, request, value.result()))
        .map(found -> usable(key, found))
        .otherwise(Optional.empty());
  }

  private Future<Optional<Value>> read(String place) {
    // No more than we would have written: a key of somebody else's may hold anything.
    Request request = Request.cmd(Command.GETRANGE).arg(place).arg(0).arg(ValueCodec.LARGEST);
    return link.send("get", request, place.length()).map(this::decoded);
  }

  private Optional<Value> decoded(Response reply) {
    if (reply == null || reply.toBuffer().length() == 0) {
      return Optional.empty();
    }
    Optional<Value> value = ValueCodec.decode(reply.toBuffer());
    if (value.isEmpty()) {
      meters.redis("get", "rubbish", 0);
    }
    return value;
  }

  private Future<Optional<Value>> selected(String key, MultiMap request, Optional<Value> found) {
    if (found.isPresent() && found.get() instanceof Varies varies) {
      return isOurs(key, varies.key(), varies.stamp())
          ? read(place(key, varies.nonce(), Variants.text(varies.vary(), request)))
              .map(value -> value.filter(each -> isSelected(each, request)))
          : Future.succeededFuture(Optional.empty());
    }
    return Future.succeededFuture(found.filter(each -> isSelected(each, request)));
  }

  private static boolean isSelected(Value value, MultiMap request) {
    return value instanceof Whole whole
        && Variants.text(whole.response().vary(), request).equals(whole.response().variant());
  }

  private boolean isOurs(String key, String stored, Stamp stamp) {
    return stored.equals(key) && stamp.epoch().equals(log.stamp().epoch());
  }

  private Optional<Entry> usable(String key, Optional<Value> found) {
    if (found.isEmpty() || !log.isSynced() || !(found.get() instanceof Whole whole)) {
      return Optional.empty();
    }
    StoredResponse response = whole.response();
    if (!isOurs(key, response.key(), whole.stamp())
        || whole.keepUntilMillis() <= clock.getAsLong()) {
      return Optional.empty();
    }
    return switch (log.purges().judge(response, whole.stamp().seen())) {
      case LIVE -> Optional.of(new Entry(response, whole.keepUntilMillis()));
      case SOFT -> Optional.of(new Entry(response, whole.keepUntilMillis()).softened());
      case DEAD -> Optional.empty();
    };
  }

  @Override
  public void put(Entry entry, Stamp stamp) {
    StoredResponse response = entry.stored();
    long now = clock.getAsLong();
    long ttl = Math.min(LONGEST_MILLIS, entry.keepUntilMillis() - now);
    boolean worthIt = ttl > 0 && response.body().length() <= ValueCodec.LARGEST_BODY;
    if (!worthIt || !stamp.epoch().equals(log.stamp().epoch())) {
      return;
    }
    if (now < fullUntil || !link.isUp() || !log.isSynced()) {
      meters.redis("set", "skipped", 0);
      return;
    }
    Whole whole = new Whole(response, stamp, entry.keepUntilMillis());
    if (response.vary().isEmpty()) {
      set(place(response.key()), ValueCodec.encode(whole), ttl);
    } else {
      putVariant(whole, ttl);
    }
  }

  /** Beside those that vary on the same; in place of those that vary on something else. */
  private void putVariant(Whole whole, long ttl) {
    StoredResponse response = whole.response();
    read(place(response.key()))
        .onSuccess(
            found -> {
              Varies note =
                  found
                      .filter(Varies.class::isInstance)
                      .map(Varies.class::cast)
                      .filter(it -> isOurs(response.key(), it.key(), it.stamp()))
                      .filter(it -> it.vary().equals(response.vary()))
                      .orElseGet(() -> Varies.of(response.key(), response.vary(), whole.stamp()));
              String variant = place(response.key(), note.nonce(), response.variant());
              set(variant, ValueCodec.encode(whole), ttl);
              set(place(response.key()), ValueCodec.encode(note), LONGEST_MILLIS);
            });
  }

  private void set(String place, Buffer value, long ttl) {
    if (value.length() > ValueCodec.LARGEST) {
      return;
    }
    link.send(
            "set",
            Request.cmd(Command.SET).arg(place).arg(value).arg("PX").arg(ttl),
            value.length())
        .onFailure(this::notSet);
  }

  private void notSet(Throwable failure) {
    if (!(failure instanceof RedisAway)) {
      fullUntil = clock.getAsLong() + FULL_MILLIS;
    }
  }

  @Override
  public void delete(String key) {
    // Variants are found by the note in the key's place only.
    if (link.isUp()) {
      link.send("purge", Request.cmd(Command.DEL).arg(place(key)), key.length())
          .onFailure(failure -> log.give(changed(key)));
    } else {
      log.give(changed(key));
    }
  }

  private static PurgeOrder changed(String key) {
    return new PurgeOrder(PurgeOrder.Kind.URL, key.substring(key.indexOf(' ') + 1), false);
  }

  @Override
  public void purge(PurgeOrder order) {
    log.give(order);
  }

  private String place(String key) {
    return namespace + ":{" + digest(List.of(key)) + "}";
  }

  private String place(String key, String nonce, String variant) {
    return place(key) + ":" + digest(List.of(nonce, variant));
  }

  /** 128 bits: the key itself is in the value, and compared. */
  private static String digest(List<String> texts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String each : texts) {
        sha.update(each.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
