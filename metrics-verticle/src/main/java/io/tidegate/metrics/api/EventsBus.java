package io.tidegate.metrics.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonObject;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/**
 * Both ends of {@link Events} on the bus. Reach: the cluster. At most once: an event may be lost,
 * so nothing may depend on one.
 */
public final class EventsBus {
  private static final String ADDRESS = "events";
  private static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setCodecName(Wire.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  private EventsBus() {}

  /**
   * The end that speaks.
   *
   * @param node name of this node
   */
  public static Events client(Vertx vertx, String node) {
    EventBus bus = vertx.eventBus();
    Wire.register(bus);
    return event ->
        bus.publish(
            ADDRESS,
            new Notice(node, Instant.now().truncatedTo(ChronoUnit.MILLIS), event),
            OPTIONS);
  }

  /** The end that listens, on the calling context. */
  public static Future<Void> listen(Vertx vertx, Consumer<Notice> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<Notice>consumer(ADDRESS, message -> tell(listener, message))
        .completion();
  }

  private static void tell(Consumer<Notice> listener, Message<Notice> message) {
    Notice notice;
    try {
      notice = message.body(); // Read from the wire here, if it came over one.
    } catch (IllegalArgumentException fromANewerNode) {
      return;
    }
    listener.accept(notice);
  }

  /** By reference within the JVM, as JSON between nodes. */
  static final class Wire implements MessageCodec<Notice, Notice> {
    private static final String NAME = "tidegate.notice";

    static void register(EventBus bus) {
      try {
        bus.registerCodec(new Wire());
      } catch (IllegalStateException alreadyThere) {
        // The other end on this node was first.
      }
    }

    @Override
    public void encodeToWire(Buffer buffer, Notice notice) {
      Buffer json = notice.toJson().toBuffer();
      buffer.appendInt(json.length()).appendBuffer(json);
    }

    @Override
    public Notice decodeFromWire(int position, Buffer buffer) {
      int start = position + Integer.BYTES;
      return Notice.of(new JsonObject(buffer.getBuffer(start, start + buffer.getInt(position))));
    }

    @Override
    public Notice transform(Notice notice) {
      return notice;
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
}
