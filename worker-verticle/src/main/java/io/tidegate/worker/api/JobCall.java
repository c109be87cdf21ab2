package io.tidegate.worker.api;

import io.vertx.core.buffer.Buffer;

/**
 * What is to be done, as a request.
 *
 * @param method of HTTP, or any other verb that the handler knows
 * @param uri path and query, as received
 * @param headers that the handler gets
 * @param body not to be changed any more; empty when there is none
 */
public record JobCall(String method, String uri, JobHeaders headers, Buffer body) {
  /** A call without headers and body. */
  public JobCall(String method, String uri) {
    this(method, uri, JobHeaders.NONE, Buffer.buffer());
  }

  /** Bytes that it takes to keep, roughly: body, headers and path. */
  public int size() {
    int size = body.length() + uri.length();
    for (String text : headers.flat()) {
      size += text.length();
    }
    return size;
  }
}
