package io.tidegate.gateway.upstream;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.vertx.core.VertxException;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names what went wrong with a call, from what Vert.x and Netty throw. */
final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final long REFUSED_STREAM = Http2Error.REFUSED_STREAM.code();

  private Faults() {}

  /** No connection was made: nothing was sent. What the system said stays in our own log. */
  static Reply.Failed connecting(Throwable cause) {
    LOG.debug("no connection: {}", summary(cause));
    return Reply.Failed.unsent(connectFailure(cause), "");
  }

  private static Failure connectFailure(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof CertificateException) {
        return Failure.TLS_CERTIFICATE;
      }
    }
    if (cause instanceof SSLException) {
      return String.valueOf(cause.getMessage()).contains("No subject alternative")
          ? Failure.TLS_CERTIFICATE
          : Failure.TLS_ERROR;
    }
    if (cause instanceof UnknownHostException) {
      return Failure.DNS_ERROR;
    }
    String name = cause.getClass().getSimpleName();
    if (cause instanceof TimeoutException || name.contains("Timeout")) {
      return Failure.CONNECTION_TIMEOUT;
    }
    if (cause instanceof ConnectException) {
      return Failure.CONNECTION_REFUSED;
    }
    return Failure.CONNECTION_TERMINATED;
  }

  /** A call failed before its answer's head. */
  static Reply.Failed calling(Throwable cause) {
    if (cause instanceof StreamResetException reset && reset.getCode() == REFUSED_STREAM) {
      return Reply.Failed.unsent(Failure.STREAM_REFUSED, "refused stream");
    }
    if (cause instanceof HttpClosedException closed && refusedByGoAway(closed)) {
      return Reply.Failed.unsent(Failure.STREAM_REFUSED, "go away");
    }
    LOG.debug("call failed: {}", summary(cause));
    return Reply.Failed.of(failure(cause), "");
  }

  private static boolean refusedByGoAway(HttpClosedException closed) {
    GoAway goAway = closed.goAway();
    return goAway != null && goAway.getLastStreamId() == 0;
  }

  /** What broke an answer's head or body. */
  static Failure failure(Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      return Failure.RESPONSE_HEADERS_TOO_LARGE;
    }
    if (cause instanceof HttpClosedException
        || cause instanceof StreamResetException
        || cause instanceof IOException) {
      return Failure.CONNECTION_TERMINATED;
    }
    if (cause instanceof Http2Exception
        || cause instanceof IllegalArgumentException
        || cause instanceof IllegalStateException
        || cause instanceof VertxException
        || cause instanceof io.netty.handler.codec.DecoderException
        || cause instanceof io.netty.handler.codec.PrematureChannelClosureException) {
      return Failure.PROTOCOL_ERROR;
    }
    return Failure.CONNECTION_TERMINATED;
  }

  private static String summary(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
