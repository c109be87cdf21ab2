package io.tidegate.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Octets;

/**
 * Reads HTTP/1.1 requests byte by byte, only to refuse what RFC 9112 does not allow: Netty's
 * decoder joins folded lines, trims around names, drops stray CRs and answers broken chunks with
 * silence, and each of these is a way to have two readers see two different requests.
 *
 * <p>Costs less than a nanosecond per byte of a head; bodies are skipped in one step. One event
 * loop.
 */
final class MessageScanner {
  private enum State {
    START,
    START_LF,
    METHOD,
    TARGET,
    VERSION,
    LINE_LF,
    NAME_START,
    NAME,
    VALUE,
    VALUE_LF,
    HEAD_LF,
    BODY,
    SIZE_START,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    /** Another protocol follows: nothing to say about its bytes. */
    FOREIGN
  }

  private static final int EXTENSION_LIMIT = 4096;
  private static final String VERSION = "HTTP/1.";
  private static final String LENGTH = "content-length";
  private static final String CODING = "transfer-encoding";
  private static final String UPGRADE = "upgrade";
  private static final String PREFACE = "PRI * HTTP/2.0";

  private final LimitOptions limits;
  private final boolean http2;
  private final byte[] word = new byte[20];
  private State state = State.START;
  private int wordLength;
  private int lineLength;
  private int headLength;
  private int lines;
  private boolean trailers;
  private boolean oldVersion;
  private boolean lengthSeen;
  private boolean codingSeen;
  private boolean upgradeSeen;
  private boolean preface;
  private boolean first = true;
  private String field;
  private long left;
  private int messageStart;
  private Refusal refusal;

  /**
   * @param http2 whether a client may turn to HTTP/2, at once or by an upgrade
   */
  MessageScanner(LimitOptions limits, boolean http2) {
    this.limits = limits;
    this.http2 = http2;
  }

  /**
   * Reads on.
   *
   * @return null, or why the bytes from {@link #messageStart()} on must not be passed
   */
  Refusal scan(ByteBuf bytes) {
    int i = bytes.readerIndex();
    int end = bytes.writerIndex();
    messageStart = state == State.START ? i : -1;
    while (i < end) {
      if (state == State.BODY || state == State.DATA) {
        int skip = (int) Math.min(left, end - i);
        left -= skip;
        i += skip;
        if (left == 0) {
          state = state == State.BODY ? begin(i) : State.DATA_CR;
        }
      } else if (state == State.FOREIGN) {
        return null;
      } else {
        i = read(bytes, i, end);
        if (refusal != null) {
          return refusal;
        }
      }
    }
    return null;
  }

  /** Reads up to a body, or a window's length. */
  private int read(ByteBuf bytes, int from, int end) {
    int length = Math.min(end - from, Octets.WINDOW);
    byte[] window = Octets.window(bytes, from, length);
    int i = 0;
    while (i < length) {
      i = run(window, i, length);
      if (i < length) {
        byte b = window[i++];
        state = next(b, from + i);
        if (refusal != null
            || state == State.BODY
            || state == State.DATA
            || state == State.FOREIGN) {
          return from + i;
        }
      }
    }
    return from + length;
  }

  /** Passes over bytes that leave the state as it is, most of any head; {@link #next} may too. */
  private int run(byte[] window, int from, int length) {
    int i = from;
    if (state == State.VALUE && field == null) {
      int end = Math.min(length, i + limits.headers() - headLength);
      while (i < end && Octets.value(window[i])) {
        i++;
      }
      headLength += i - from;
    } else if (state == State.NAME) {
      int end = Math.min(length, i + limits.headers() - headLength);
      while (i < end && Octets.token(window[i])) {
        byte b = window[i++];
        remember(b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b);
      }
      headLength += i - from;
    } else if (state == State.TARGET) {
      int end = Math.min(length, i + limits.requestLine() - lineLength);
      while (i < end && Octets.target(window[i])) {
        i++;
      }
      lineLength += i - from;
      wordLength = i > from ? 1 : wordLength;
    }
    return i;
  }

  /** Where in the last buffer the current message began; -1: before it. */
  int messageStart() {
    return messageStart;
  }

  /** Whether a head has begun and not ended. */
  boolean inHead() {
    return !trailers
        && state.ordinal() > State.START_LF.ordinal()
        && state.ordinal() <= State.HEAD_LF.ordinal();
  }

  /** Whether the last head has ended and its body has not. */
  boolean inBody() {
    return trailers || state.ordinal() >= State.BODY.ordinal() && state != State.FOREIGN;
  }

  /** Whether HTTP/1.1 is over. */
  boolean isForeign() {
    return state == State.FOREIGN;
  }

  /** What follows is not HTTP/1.1. */
  void becomeForeign() {
    state = State.FOREIGN;
  }

  private State begin(int next) {
    messageStart = next;
    wordLength = 0;
    lineLength = 0;
    headLength = 0;
    lines = 0;
    trailers = false;
    lengthSeen = false;
    codingSeen = false;
    left = 0;
    return State.START;
  }

  private State refuse(Failure failure, String detail) {
    refusal = new Refusal(failure, detail, true);
    return state;
  }

  private State bad(String detail) {
    return refuse(Failure.BAD_REQUEST, detail);
  }

  private State next(byte b, int next) {
    return switch (state) {
      case START -> start(b);
      case START_LF -> b == '\n' ? State.START : bad("CR without LF");
      case METHOD -> method(b);
      case TARGET -> target(b);
      case VERSION -> version(b);
      case LINE_LF -> b == '\n' ? line() : bad("CR without LF");
      case NAME_START -> nameStart(b);
      case NAME -> name(b);
      case VALUE -> value(b);
      case VALUE_LF -> b == '\n' ? fieldEnd() : bad("CR without LF");
      case HEAD_LF -> b == '\n' ? headEnd(next) : bad("CR without LF");
      case SIZE_START, SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> b == '\n' ? sizeEnd() : bad("CR without LF in a chunk size");
      case DATA_CR -> b == '\r' ? State.DATA_LF : bad("chunk data without its end");
      case DATA_LF -> dataEnd(b);
      default -> throw new IllegalStateException(state.name());
    };
  }

  private State start(byte b) {
    if (b == '\r') {
      // An empty line before a request is let pass (RFC 9112 §2.2), a hundred are not.
      return ++lineLength > 2 ? bad("empty lines before a request") : State.START_LF;
    }
    lineLength = 0;
    return method(b);
  }

  private State method(byte b) {
    if (b == ' ' && lineLength > 0) {
      preface = http2 && (first || upgradeSeen) && wordLength == 3 && matches(PREFACE, 3);
      first = false;
      wordLength = 0;
      return lineTooLong() ? state : State.TARGET;
    }
    if (!Octets.token(b)) {
      return bad("malformed request line");
    }
    remember(b);
    return lineTooLong() ? state : State.METHOD;
  }

  private State target(byte b) {
    if (b == ' ' && wordLength > 0) {
      wordLength = 0;
      return lineTooLong() ? state : State.VERSION;
    }
    if (!Octets.target(b)) {
      return bad("malformed request target");
    }
    wordLength = 1;
    return lineTooLong() ? state : State.TARGET;
  }

  private boolean lineTooLong() {
    if (++lineLength > limits.requestLine()) {
      refuse(Failure.TARGET_TOO_LONG, "more than " + limits.requestLine() + " bytes");
      return true;
    }
    return false;
  }

  private State version(byte b) {
    if (b != '\r') {
      if (wordLength == 8) {
        return bad("malformed request line");
      }
      word[wordLength++] = b;
      return State.VERSION;
    }
    boolean known = wordLength == 8 && startsWith(VERSION);
    if (known && (word[7] == '1' || word[7] == '0')) {
      oldVersion = word[7] == '0';
      return State.LINE_LF;
    }
    if (preface && wordLength == 8 && word[5] == '2') {
      return State.FOREIGN;
    }
    return badVersion();
  }

  private State badVersion() {
    boolean http = wordLength == 8 && startsWith("HTTP/") && word[6] == '.';
    return http && digit(word[5]) && digit(word[7])
        ? refuse(Failure.VERSION_NOT_SUPPORTED, "")
        : bad("malformed HTTP version");
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  private State line() {
    upgradeSeen = false;
    return State.NAME_START;
  }

  private State nameStart(byte b) {
    if (b == '\r') {
      return headTooLong() ? state : State.HEAD_LF;
    }
    if (b == ' ' || b == '\t') {
      return bad("folded header line");
    }
    if (++lines > limits.headerCount()) {
      return refuse(Failure.HEADERS_TOO_LARGE, "more than " + limits.headerCount() + " lines");
    }
    wordLength = 0;
    if (!Octets.token(b)) {
      return bad("malformed header name");
    }
    remember((byte) (b | 0x20));
    return headTooLong() ? state : State.NAME;
  }

  private State name(byte b) {
    if (headTooLong()) {
      return state;
    }
    if (b == ':') {
      field = trailers ? null : known();
      wordLength = 0;
      return State.VALUE;
    }
    if (!Octets.token(b)) {
      return bad("malformed header name");
    }
    remember(b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b);
    return State.NAME;
  }

  /** The field's name if it is one that decides what follows the head. */
  private String known() {
    if (wordLength == LENGTH.length() && matches(LENGTH, wordLength)) {
      return LENGTH;
    }
    if (wordLength == CODING.length() && matches(CODING, wordLength)) {
      return CODING;
    }
    return wordLength == UPGRADE.length() && matches(UPGRADE, wordLength) ? UPGRADE : null;
  }

  private State value(byte b) {
    if (headTooLong()) {
      return state;
    }
    if (b == '\r') {
      return State.VALUE_LF;
    }
    if (!Octets.value(b)) {
      return bad("control character in a header");
    }
    if (field != null && (wordLength > 0 || (b != ' ' && b != '\t'))) {
      remember(b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b);
    }
    return State.VALUE;
  }

  private boolean headTooLong() {
    if (++headLength > limits.headers()) {
      refuse(Failure.HEADERS_TOO_LARGE, "more than " + limits.headers() + " bytes");
      return true;
    }
    return false;
  }

  private State fieldEnd() {
    if (field == null) {
      return State.NAME_START;
    }
    int length = Math.min(wordLength, word.length);
    while (length > 0 && (word[length - 1] == ' ' || word[length - 1] == '\t')) {
      length--;
    }
    boolean whole = wordLength <= word.length;
    if (field == UPGRADE) {
      upgradeSeen = true;
    } else if (field == LENGTH) {
      if (lengthSeen || codingSeen || !whole || !number(length)) {
        return bad("invalid Content-Length");
      }
      lengthSeen = true;
    } else {
      if (codingSeen || lengthSeen || oldVersion || length != 7 || !matches("chunked", 7)) {
        return bad("invalid Transfer-Encoding");
      }
      codingSeen = true;
    }
    return State.NAME_START;
  }

  private boolean number(int length) {
    if (length == 0 || length > 18) {
      return false;
    }
    left = 0;
    for (int i = 0; i < length; i++) {
      if (!digit(word[i])) {
        return false;
      }
      left = left * 10 + (word[i] - '0');
    }
    return true;
  }

  private State headEnd(int next) {
    if (trailers) {
      return begin(next);
    }
    headLength = 0;
    if (codingSeen) {
      return State.SIZE_START;
    }
    if (left > 0) {
      return State.BODY;
    }
    return begin(next);
  }

  private State size(byte b) {
    int digit = Octets.hex(b);
    if (digit >= 0) {
      if (state == State.SIZE_START) {
        left = 0;
        headLength = 0;
      }
      if (left > Integer.MAX_VALUE >> 4 || ++headLength > 64) {
        return bad("chunk size too large");
      }
      left = left << 4 | digit;
      return State.SIZE;
    }
    if (state == State.SIZE_START) {
      return bad("malformed chunk size");
    }
    if (b == '\r') {
      return State.SIZE_LF;
    }
    return b == ';' ? State.EXTENSION : bad("malformed chunk size");
  }

  private State extension(byte b) {
    if (b == '\r') {
      return State.SIZE_LF;
    }
    if (!Octets.value(b) || ++headLength > EXTENSION_LIMIT) {
      return bad("malformed chunk extension");
    }
    return State.EXTENSION;
  }

  private State sizeEnd() {
    if (left > 0) {
      return State.DATA;
    }
    trailers = true;
    headLength = 0;
    lines = 0;
    return State.NAME_START;
  }

  private State dataEnd(byte b) {
    return b == '\n' ? State.SIZE_START : bad("chunk data without its end");
  }

  /** Keeps what may turn out to be a word we know; longer ones are only counted. */
  private void remember(byte b) {
    if (wordLength < word.length) {
      word[wordLength] = b;
    }
    wordLength++;
  }

  private boolean startsWith(String text) {
    return matches(text, text.length());
  }

  private boolean matches(String text, int length) {
    for (int i = 0; i < length; i++) {
      if (word[i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
