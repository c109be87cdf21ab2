package io.tidegate.metrics.api;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A place in a trace: trace id, span id, flags and vendors' state (W3C Trace Context, level 2).
 *
 * <p>Ids are numbers, so that making one costs three random numbers and no text. Immutable.
 */
public final class TraceContext {
  /** No context: nothing was received, or what was received is invalid. */
  public static final TraceContext NONE = new TraceContext(0, 0, 0, 0, "");

  /** The caller may have recorded this trace (§3.2.3.1). */
  public static final int SAMPLED = 1;

  /** The last seven bytes of the trace id are random (§3.2.3.2). */
  public static final int RANDOM = 2;

  private static final CharSequence HEADER = HttpHeaders.createOptimized("traceparent");
  private static final CharSequence STATE = HttpHeaders.createOptimized("tracestate");
  private static final int LENGTH = 55;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  /** Values of characters; upper case is not valid here (§3.2.2). */
  private static final byte[] DIGITS = new byte[128];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int value = 0; value < HEX.length; value++) {
      DIGITS[HEX[value]] = (byte) value;
    }
  }

  private final long high;
  private final long low;
  private final long span;
  private final byte flags;
  private final String state;

  private TraceContext(long high, long low, long span, int flags, String state) {
    this.high = high;
    this.low = low;
    this.span = span;
    this.flags = (byte) flags;
    this.state = state;
  }

  /** A context of the given ids; {@link #NONE} when one of them is all zero. */
  public static TraceContext of(long high, long low, long span, int flags, String state) {
    return (high | low) == 0 || span == 0
        ? NONE
        : new TraceContext(high, low, span, flags & (SAMPLED | RANDOM), state);
  }

  /** A context of ids in hexadecimal digits, which are known to be valid. */
  public static TraceContext of(String traceId, String spanId, int flags, String state) {
    return of(hex(traceId, 0, 16), hex(traceId, 16, 16), hex(spanId, 0, 16), flags, state);
  }

  /**
   * Starts a trace.
   *
   * @param share of traces to mark as sampled, 0 to 1, decided by the trace id, so that every
   *     gateway with the same share decides alike
   */
  public static TraceContext fresh(double share) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long low = nonZero(random);
    return new TraceContext(
        random.nextLong(), low, nonZero(random), RANDOM | (chosen(low, share) ? SAMPLED : 0), "");
  }

  /** Reads the headers of a request. Allocates nothing when there is no {@code traceparent}. */
  public static TraceContext of(MultiMap headers) {
    String parent = headers.get(HEADER);
    if (parent == null) {
      return NONE;
    }
    // Two parents cannot both be right (§3.2: exactly one field).
    if (headers.getAll(HEADER).size() > 1) {
      return NONE;
    }
    String state = headers.get(STATE);
    return state == null ? parse(parent, "") : parse(parent, joined(headers.getAll(STATE)));
  }

  /**
   * Reads {@code traceparent} and {@code tracestate} (§3.2, §3.3). An invalid parent gives {@link
   * #NONE}; an invalid state is dropped alone. A later version is read by its first fields and
   * becomes version 00.
   *
   * @param state all fields of that name joined by commas; empty when there is none
   */
  public static TraceContext parse(String parent, String state) {
    int start = 0;
    int end = parent.length();
    while (start < end && blank(parent.charAt(start))) {
      start++;
    }
    while (end > start && blank(parent.charAt(end - 1))) {
      end--;
    }
    if (!framed(parent, start, end)) {
      return NONE;
    }
    TraceContext read = fields(parent, start);
    return read == NONE || state.isEmpty() ? read : read.withState(TraceState.valid(state));
  }

  private static boolean framed(String text, int start, int end) {
    if (end - start < LENGTH
        || text.charAt(start + 2) != '-'
        || text.charAt(start + 35) != '-'
        || text.charAt(start + 52) != '-') {
      return false;
    }
    long version = hex(text, start, 2);
    if (version < 0 || version == 0xff) {
      return false;
    }
    return end - start == LENGTH || (version > 0 && text.charAt(start + LENGTH) == '-');
  }

  private static TraceContext fields(String text, int start) {
    // Sixteen digits fill a long, whose sign cannot tell an error: that is looked for apart.
    int wrong = 0;
    for (int i = start + 3; i < start + LENGTH; i++) {
      wrong |= i == start + 35 || i == start + 52 ? 0 : digit(text.charAt(i));
    }
    if (wrong < 0) {
      return NONE;
    }
    return of(
        hex(text, start + 3, 16),
        hex(text, start + 19, 16),
        hex(text, start + 36, 16),
        (int) hex(text, start + 53, 2),
        "");
  }

  /** This trace, with a new span of ours in place of the one that was received. */
  public TraceContext child() {
    return new TraceContext(high, low, nonZero(ThreadLocalRandom.current()), flags, state);
  }

  TraceContext withState(String newState) {
    return new TraceContext(high, low, span, flags, newState);
  }

  public boolean exists() {
    return this != NONE;
  }

  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  public int flags() {
    return flags;
  }

  /** First half of the trace id. */
  public long traceIdHigh() {
    return high;
  }

  /** Second half of the trace id. */
  public long traceIdLow() {
    return low;
  }

  /** The span id as a number. */
  public long spanNumber() {
    return span;
  }

  /** Thirty-two lower-case hexadecimal digits. */
  public String traceId() {
    byte[] digits = new byte[32];
    writeTraceId(digits, 0);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /** Sixteen lower-case hexadecimal digits. */
  public String spanId() {
    byte[] digits = new byte[16];
    writeSpanId(digits, 0);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /** Writes the 32 digits of the trace id. */
  public void writeTraceId(byte[] target, int offset) {
    write(high, target, offset);
    write(low, target, offset + 16);
  }

  /** Writes the 16 digits of the span id. */
  public void writeSpanId(byte[] target, int offset) {
    write(span, target, offset);
  }

  /** Vendors' state, to be passed on as {@code tracestate}; empty when there is none. */
  public String state() {
    return state;
  }

  /** Value of {@code traceparent} for the next hop, version 00. */
  public String traceparent() {
    byte[] text = new byte[LENGTH];
    text[0] = '0';
    text[1] = '0';
    text[2] = '-';
    writeTraceId(text, 3);
    text[35] = '-';
    writeSpanId(text, 36);
    text[52] = '-';
    text[53] = '0';
    text[54] = HEX[flags & 15];
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /**
   * Replaces the trace headers of a request to the next hop by this context; {@link #NONE} removes
   * them.
   */
  public void inject(MultiMap headers) {
    if (this == NONE) {
      headers.remove(HEADER).remove(STATE);
      return;
    }
    headers.set(HEADER, traceparent());
    if (state.isEmpty()) {
      headers.remove(STATE);
    } else {
      headers.set(STATE, state);
    }
  }

  /** The value of {@code traceparent}. */
  @Override
  public String toString() {
    return traceparent();
  }

  private static boolean chosen(long low, double share) {
    // As in OpenTelemetry's ratio sampler, so that the two agree on the same trace.
    return share >= 1 || (share > 0 && (low & Long.MAX_VALUE) < (long) (share * Long.MAX_VALUE));
  }

  private static long nonZero(ThreadLocalRandom random) {
    long number;
    do {
      number = random.nextLong();
    } while (number == 0);
    return number;
  }

  private static String joined(List<String> values) {
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }

  private static int digit(char c) {
    return c < DIGITS.length ? DIGITS[c] : -1;
  }

  private static long hex(String text, int start, int digits) {
    long number = 0;
    int wrong = 0;
    for (int i = start; i < start + digits; i++) {
      int digit = digit(text.charAt(i));
      wrong |= digit;
      number = number << 4 | digit;
    }
    return wrong < 0 ? -1 : number;
  }

  private static void write(long number, byte[] target, int offset) {
    for (int i = 15; i >= 0; i--) {
      target[offset + i] = HEX[(int) number & 15];
      number >>>= 4;
    }
  }
}
