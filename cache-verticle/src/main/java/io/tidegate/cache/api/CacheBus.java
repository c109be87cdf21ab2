package io.tidegate.cache.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Both ends of the cache's verticle on the bus. Questions stay on this node, since every node has
 * its own memory, and go by reference; what was forgotten is told to the cluster.
 */
public final class CacheBus {
  private static final String LOOKUP = "cache.lookup";
  private static final String REFRESH = "cache.refresh";
  private static final String PURGE = "cache.purge";
  private static final String CHANGED = "cache.changed";
  private static final String INVALIDATED = "cache.invalidated";

  private CacheBus() {}

  /** What the verticle answers. */
  public interface Desk {
    /** See {@link ResponseCache#ask}. */
    Future<Verdict> ask(CacheQuery query);

    /** See {@link ResponseCache#refresh}. */
    Future<Optional<Lease>> refresh(CacheQuery query);

    /** See {@link ResponseCache#purge}. */
    Future<Long> purge(PurgeOrder order);

    /** These keys were changed at the origin by a request to this node. */
    void changed(List<String> keys);
  }

  /** By reference: what is sent is immutable, or safe to be shared. */
  private static final class Local<T> implements MessageCodec<Local.Of<T>, Local.Of<T>> {
    private static final String NAME = "tidegate.cache";

    private record Of<T>(T value) {}

    @Override
    public void encodeToWire(Buffer buffer, Of<T> message) {
      throw new UnsupportedOperationException("the cache is asked on its own node only");
    }

    @Override
    public Of<T> decodeFromWire(int position, Buffer buffer) {
      throw new UnsupportedOperationException("the cache is asked on its own node only");
    }

    @Override
    public Of<T> transform(Of<T> message) {
      return message;
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }

  private static DeliveryOptions thisNode() {
    return new DeliveryOptions().setLocalOnly(true).setCodecName(Local.NAME);
  }

  /**
   * The asking end.
   *
   * @param timeoutMillis after which a question fails
   */
  public static Desk client(EventBus bus, long timeoutMillis) {
    DeliveryOptions options = thisNode().setSendTimeout(timeoutMillis);
    return new Desk() {
      @Override
      public Future<Verdict> ask(CacheQuery query) {
        return request(bus, LOOKUP, query, options);
      }

      @Override
      public Future<Optional<Lease>> refresh(CacheQuery query) {
        return request(bus, REFRESH, query, options);
      }

      @Override
      public Future<Long> purge(PurgeOrder order) {
        return request(bus, PURGE, order, options);
      }

      @Override
      public void changed(List<String> keys) {
        bus.send(CHANGED, new Local.Of<>(keys), options);
      }
    };
  }

  private static <Q, A> Future<A> request(
      EventBus bus, String address, Q question, DeliveryOptions options) {
    return bus.<Local.Of<A>>request(address, new Local.Of<>(question), options)
        .map(reply -> reply.body().value());
  }

  /** The answering end. Completes when it can be asked. */
  public static Future<Void> serve(EventBus bus, Desk desk) {
    register(bus);
    return Future.all(
            consume(bus, LOOKUP, desk::ask),
            consume(bus, REFRESH, desk::refresh),
            consume(bus, PURGE, desk::purge),
            bus.<Local.Of<List<String>>>localConsumer(
                    CHANGED, message -> desk.changed(message.body().value()))
                .completion())
        .mapEmpty();
  }

  private static void register(EventBus bus) {
    try {
      bus.registerCodec(new Local<>());
    } catch (IllegalStateException known) {
      return; // Of an earlier deployment on the same bus.
    }
  }

  private static <Q, A> Future<Void> consume(
      EventBus bus, String address, Function<Q, Future<A>> answer) {
    return bus.<Local.Of<Q>>localConsumer(address, message -> reply(message, answer)).completion();
  }

  private static <Q, A> void reply(Message<Local.Of<Q>> message, Function<Q, Future<A>> answer) {
    Future.succeededFuture(message.body().value())
        .compose(answer)
        .onSuccess(found -> message.reply(new Local.Of<>(found), thisNode()))
        .onFailure(failure -> message.fail(500, failure.toString()));
  }

  /** Tells all nodes, this one included. */
  public static void publish(EventBus bus, JsonObject news) {
    bus.publish(INVALIDATED, news);
  }

  /** Hears what nodes tell. */
  public static Future<Void> listen(EventBus bus, Consumer<JsonObject> listener) {
    return bus.<JsonObject>consumer(INVALIDATED, message -> listener.accept(message.body()))
        .completion();
  }
}
