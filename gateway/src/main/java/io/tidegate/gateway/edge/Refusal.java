package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Failure;

/** Why a request goes no further than the edge; {@code close}: the connection goes with it. */
record Refusal(Failure failure, String detail, boolean close) {
  static Refusal bad(String detail) {
    return new Refusal(Failure.BAD_REQUEST, detail, true);
  }
}
