package io.tidegate.worker.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/** All messages of this room: by reference within the JVM, in the form of {@link Forms} beyond. */
final class Wire implements MessageCodec<Object, Object> {
  static final String NAME = "tidegate.job";

  static void register(EventBus bus) {
    try {
      bus.registerCodec(new Wire());
    } catch (IllegalStateException alreadyThere) {
      // Another end on this node was first.
    }
  }

  @Override
  public void encodeToWire(Buffer buffer, Object message) {
    Forms.write(buffer, message);
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    Object read = Forms.read(buffer, position);
    return read instanceof Messages.Deliveries deliveries ? deliveries.fromAfar() : read;
  }

  @Override
  public Object transform(Object message) {
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
