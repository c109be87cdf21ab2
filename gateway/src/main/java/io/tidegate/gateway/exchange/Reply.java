package io.tidegate.gateway.exchange;

import io.tidegate.cache.api.Fields;
import io.tidegate.metrics.api.RequestFacts;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Map;

/** How a request, or one attempt at it, ended. */
public sealed interface Reply {
  /** Gives back what the reply holds when it will not be sent. Idempotent. */
  default void discard() {}

  /** The status that a client would see. */
  int status();

  /**
   * An answer made here on purpose (respond, redirect, static fallback).
   *
   * @param headers may hold anything but framing
   */
  record Answer(int status, Map<String, String> headers, Buffer body) implements Reply {}

  /**
   * An answer that was remembered: its bytes are here, shared, and must not be written to.
   *
   * @param headers all but framing, Age and what the gateway says of itself
   * @param body of which {@code length} bytes from {@code offset} are sent
   * @param length for a HEAD, what a GET would get
   */
  record Stored(int status, Fields headers, Buffer body, int offset, int length, long ageSeconds)
      implements Reply {}

  /** An answer made here because something went wrong; {@code edge} renders it. */
  record Failed(Failure failure, String detail, long retryAfterMillis, boolean nothingSent)
      implements Reply {
    public static Failed of(Failure failure, String detail) {
      return new Failed(failure, detail, 0, false);
    }

    /** A failure before any byte of the request left: safe to try again whatever the method. */
    public static Failed unsent(Failure failure, String detail) {
      return new Failed(failure, detail, 0, true);
    }

    @Override
    public int status() {
      return failure.status();
    }
  }

  /**
   * The head of an upstream's answer; its body is still to come and is paused. Exactly one of
   * {@link #receive} and {@link #discard} must be called.
   */
  non-sealed interface Proxied extends Reply {
    MultiMap headers();

    /** Where the answer comes from, for log and meters. */
    default RequestFacts.Source source() {
      return RequestFacts.Source.UPSTREAM;
    }

    /** Declared length of the body in bytes; -1 when it is delimited otherwise. */
    long length();

    /** Version of HTTP in which it came, as Via names it. */
    String protocol();

    /** Starts the body. */
    void receive(BodySink sink);

    /** Stops the body for a while; also stops the upstream once buffers are full. */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();
  }

  /** The upstream agreed to switch protocols; its socket is paused. */
  non-sealed interface Switched extends Reply {
    MultiMap headers();

    NetSocket socket();

    /** Completes when the tunnel must end because the gateway is closing. */
    Future<Void> closing();

    /** The tunnel has ended: its place in the upstream's limits is free. Idempotent. */
    void release();
  }

  /** Where the bytes of a {@link Proxied} go. */
  interface BodySink {
    void chunk(Buffer chunk);

    /** The body is complete. */
    void end(MultiMap trailers);

    /** The body will not be completed. */
    void broken(Failure failure);
  }
}
