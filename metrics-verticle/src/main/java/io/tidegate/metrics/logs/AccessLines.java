package io.tidegate.metrics.logs;

import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.RequestFacts;

/** The access log on top of the {@link LogWriter}. */
public final class AccessLines implements AccessLog {
  private final LogWriter writer;
  private final AccessFormat format;
  private final ThreadLocal<Lane> lanes = ThreadLocal.withInitial(this::newLane);

  /** Share of good requests to log, 0 to 1; negative: nothing at all is logged. */
  private volatile double share;

  public AccessLines(LogWriter writer, TelemetryOptions.Logs options, boolean text) {
    this.writer = writer;
    this.format = text ? new AccessText() : new AccessJson();
    reload(options);
  }

  /** Takes over whether and how many requests are logged. */
  public void reload(TelemetryOptions.Logs options) {
    share = options.access() ? options.sample() : -1;
  }

  @Override
  public Lane lane() {
    return lanes.get();
  }

  private Lane newLane() {
    return new RingLane(writer.ring());
  }

  /** How a request looks as a line. Stateless. */
  interface AccessFormat {
    void write(RequestFacts facts, LineBuffer line);
  }

  private final class RingLane implements Lane {
    private final Ring ring;
    private final LineBuffer line = new LineBuffer(1024);
    private long toldAt;
    private long dice = System.nanoTime() | 1;

    RingLane(Ring ring) {
      this.ring = ring;
    }

    @Override
    public void log(RequestFacts facts) {
      if (!wanted(facts)) {
        return;
      }
      line.clear();
      format.write(facts, line);
      if (!ring.offer(line.bytes(), line.length())) {
        writer.countDroppedAccess();
        return;
      }
      long written = ring.written();
      if (written - toldAt >= LogWriter.patience()) {
        toldAt = written;
        writer.wake();
      }
    }

    private boolean wanted(RequestFacts facts) {
      double now = share;
      return now >= 1 || (now >= 0 && (facts.failed() || roll() < now));
    }

    /** Uniform in 0 to 1 (xorshift64). */
    private double roll() {
      dice ^= dice << 13;
      dice ^= dice >>> 7;
      dice ^= dice << 17;
      return (dice >>> 11) * 0x1.0p-53;
    }
  }
}
