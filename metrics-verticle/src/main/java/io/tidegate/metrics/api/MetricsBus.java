package io.tidegate.metrics.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.tracing.TracingPolicy;

/** Both ends of {@link Snapshots} on the bus. Reach: this node, since every node counts its own. */
public final class MetricsBus {
  private static final String SNAPSHOT = "metrics.snapshot";
  private static final DeliveryOptions QUESTION =
      new DeliveryOptions()
          .setLocalOnly(true)
          .setSendTimeout(1000)
          .setTracingPolicy(TracingPolicy.IGNORE);
  private static final DeliveryOptions ANSWER =
      new DeliveryOptions(QUESTION).setCodecName(Local.NAME);

  private MetricsBus() {}

  /** The end that asks. */
  public static Snapshots client(Vertx vertx) {
    return () ->
        vertx.eventBus().<MetricsSnapshot>request(SNAPSHOT, null, QUESTION).map(Message::body);
  }

  /** The end that answers, on the calling context. */
  public static Future<Void> serve(Vertx vertx, Snapshots snapshots) {
    Local.register(vertx.eventBus());
    return vertx
        .eventBus()
        .localConsumer(
            SNAPSHOT,
            message ->
                Future.succeededFuture()
                    .compose(any -> snapshots.take())
                    .onSuccess(snapshot -> message.reply(snapshot, ANSWER))
                    .onFailure(failure -> message.fail(500, failure.getMessage())))
        .completion();
  }

  private static final class Local implements MessageCodec<MetricsSnapshot, MetricsSnapshot> {
    private static final String NAME = "tidegate.snapshot";

    static void register(EventBus bus) {
      try {
        bus.registerCodec(new Local());
      } catch (IllegalStateException alreadyThere) {
        // The verticle was deployed before.
      }
    }

    @Override
    public void encodeToWire(Buffer buffer, MetricsSnapshot snapshot) {
      throw new IllegalStateException("snapshots do not leave their node");
    }

    @Override
    public MetricsSnapshot decodeFromWire(int position, Buffer buffer) {
      throw new IllegalStateException("snapshots do not leave their node");
    }

    @Override
    public MetricsSnapshot transform(MetricsSnapshot snapshot) {
      return snapshot;
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
