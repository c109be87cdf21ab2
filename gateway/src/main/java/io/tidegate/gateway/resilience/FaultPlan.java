package io.tidegate.gateway.resilience;

import java.util.OptionalInt;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;

/**
 * Decides, request by request, which faults are made on purpose. A delay is drawn for itself and
 * may come before an abort or a reset; of these two there is at most one, so their shares are
 * shares of the requests and add up. Any thread.
 */
public final class FaultPlan {
  /**
   * What to do to one request.
   *
   * @param delayMillis to wait first; 0: nothing
   * @param abort the status to answer with instead of calling
   * @param reset whether to behave as if the connection had been reset
   */
  public record Fault(long delayMillis, OptionalInt abort, boolean reset) {
    public static final Fault NONE = new Fault(0, OptionalInt.empty(), false);
  }

  private final FaultOptions options;
  private final DoubleSupplier random;

  /**
   * @param random uniform in [0, 1)
   */
  public FaultPlan(FaultOptions options, DoubleSupplier random) {
    this.options = options;
    this.random = random;
  }

  /**
   * @param header the value of the request's header of that name, or null
   */
  public Fault next(UnaryOperator<String> header) {
    boolean meant =
        options.onlyWith().entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(header.apply(wanted.getKey())));
    return meant ? draw() : Fault.NONE;
  }

  private Fault draw() {
    double delayChance = random.getAsDouble();
    double endChance = random.getAsDouble();
    double abortShare = options.abort().map(FaultOptions.Abort::share).orElse(0.0);
    double resetShare = options.reset().map(FaultOptions.Reset::share).orElse(0.0);
    long delay =
        options
            .delay()
            .filter(d -> delayChance < d.share())
            .map(d -> d.time().toMillis())
            .orElse(0L);
    boolean abort = endChance < abortShare;
    boolean reset = !abort && endChance < abortShare + resetShare;
    if (delay == 0 && !abort && !reset) {
      return Fault.NONE;
    }
    int status = options.abort().map(FaultOptions.Abort::status).orElse(0);
    return new Fault(delay, abort ? OptionalInt.of(status) : OptionalInt.empty(), reset);
  }
}
