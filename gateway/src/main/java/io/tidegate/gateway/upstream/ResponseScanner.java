package io.tidegate.gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.tidegate.gateway.exchange.Octets;

/**
 * Reads HTTP/1.1 responses byte by byte, only to find what RFC 9112 does not allow: Netty's decoder
 * skips what precedes a status line, cuts names at a space, joins folded lines, and takes bytes
 * that follow an answer for the next one.
 *
 * <p>Costs less than a nanosecond per byte of a head; bodies are skipped in one step. One event
 * loop.
 */
final class ResponseScanner {
  /** Why {@link #scan} stopped. */
  enum Stop {
    /** All bytes were read. */
    END,
    /** An interim head ended that nobody here can pass on (RFC 9110 §15.2). */
    INTERIM,
    /** No answer is due, or none any more, and there are bytes. */
    EXCESS,
    /** {@link #wrong} says what. */
    WRONG
  }

  private enum State {
    IDLE,
    STATUS_LINE,
    REASON,
    LINE_LF,
    NAME_START,
    NAME,
    NAME_SPACE,
    VALUE,
    VALUE_LF,
    HEAD_LF,
    BODY,
    SIZE_START,
    SIZE,
    SIZE_SPACE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    /** A body that ends with the connection, or another protocol. */
    REST
  }

  private static final String STATUS_LINE = "HTTP/1.v sss";
  private static final String LENGTH = "content-length";
  private static final String CODING = "transfer-encoding";
  private static final int INTERIM_LIMIT = 64;
  private static final int EXTENSION_LIMIT = 4096;

  private final byte[] word = new byte[20];
  private State state = State.IDLE;
  private boolean head;
  private boolean upgrade;
  private boolean oldVersion;
  private boolean trailers;
  private boolean lengthSeen;
  private boolean codingSeen;
  private boolean interim;
  private String field;
  private int wordLength;
  private int lineLength;
  private int status;
  private int interims;
  private long left;
  private int headStart;
  private String wrong;
  private boolean begun;

  /**
   * A request is about to be sent: its answer is due.
   *
   * @param isHead whether the answer has no body whatever it declares
   * @param switches whether 101 is an answer to it
   */
  void expect(boolean isHead, boolean switches) {
    head = isHead;
    upgrade = switches;
    interims = 0;
    begun = false;
    beginHead();
  }

  /** Whether a byte has come since the request. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether the last head was of HTTP/1.0. */
  boolean isOldVersion() {
    return oldVersion;
  }

  private void beginHead() {
    state = State.STATUS_LINE;
    wordLength = 0;
    status = 0;
    trailers = false;
    lengthSeen = false;
    codingSeen = false;
    left = 0;
  }

  /** Whether a head has begun and not ended; then {@link #headStart} says where. */
  boolean inHead() {
    return !trailers
        && state.ordinal() <= State.HEAD_LF.ordinal()
        && (state == State.STATUS_LINE ? wordLength > 0 : state != State.IDLE);
  }

  /** Where in the last buffer the last head began. */
  int headStart() {
    return headStart;
  }

  /** The bytes of the head that has begun were moved to the start of a buffer. */
  void headMoved() {
    headStart = 0;
  }

  /** What RFC 9112 has against the bytes, after {@link Stop#WRONG}. */
  String wrong() {
    return wrong;
  }

  /** Reads on from {@code from}; gives where it stopped, {@link #stop} says why. */
  int scan(ByteBuf bytes, int from) {
    int i = from;
    int end = bytes.writerIndex();
    interim = false;
    begun = true;
    while (i < end && state != State.IDLE && !interim && wrong == null) {
      if (state == State.BODY || state == State.DATA) {
        int skip = (int) Math.min(left, end - i);
        left -= skip;
        i += skip;
        if (left == 0) {
          state = state == State.BODY ? State.IDLE : State.DATA_CR;
        }
      } else if (state == State.REST) {
        i = end;
      } else {
        i = read(bytes, i, end);
      }
    }
    return i;
  }

  /** Reads up to what {@link #scan} decides about, or a window's length. */
  private int read(ByteBuf bytes, int from, int end) {
    int length = Math.min(end - from, Octets.WINDOW);
    byte[] window = Octets.window(bytes, from, length);
    int i = 0;
    while (i < length) {
      i = run(window, i, length);
      if (i < length) {
        if (state == State.STATUS_LINE && wordLength == 0) {
          headStart = from + i;
        }
        state = next(window[i++]);
        if (wrong != null || interim || isPassive()) {
          return from + i;
        }
      }
    }
    return from + length;
  }

  private boolean isPassive() {
    return state == State.IDLE || state == State.BODY || state == State.DATA || state == State.REST;
  }

  /** Passes over bytes that leave the state as it is, most of any head. */
  private int run(byte[] window, int from, int length) {
    int i = from;
    if (state == State.VALUE && field == null) {
      while (i < length && Octets.value(window[i])) {
        i++;
      }
    } else if (state == State.NAME) {
      while (i < length && Octets.token(window[i])) {
        remember(lower(window[i++]));
      }
    }
    return i;
  }

  /** Why the last scan stopped at {@code at} of {@code bytes}. */
  Stop stop(ByteBuf bytes, int at) {
    if (wrong != null) {
      return Stop.WRONG;
    }
    if (interim) {
      return Stop.INTERIM;
    }
    return at < bytes.writerIndex() ? Stop.EXCESS : Stop.END;
  }

  private State bad(String what) {
    wrong = what;
    return state;
  }

  private State next(byte b) {
    return switch (state) {
      case STATUS_LINE -> statusLine(b);
      case REASON -> reason(b);
      case LINE_LF -> b == '\n' ? State.NAME_START : bad("CR without LF");
      case NAME_START -> nameStart(b);
      case NAME -> name(b);
      case NAME_SPACE -> nameSpace(b);
      case VALUE -> value(b);
      case VALUE_LF -> b == '\n' ? fieldEnd() : bad("CR without LF");
      case HEAD_LF -> b == '\n' ? headEnd() : bad("CR without LF");
      case SIZE_START, SIZE, SIZE_SPACE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> b == '\n' ? sizeEnd() : bad("CR without LF in a chunk size");
      case DATA_CR -> b == '\r' ? State.DATA_LF : bad("chunk data without its end");
      case DATA_LF -> b == '\n' ? State.SIZE_START : bad("chunk data without its end");
      default -> throw new IllegalStateException(state.name());
    };
  }

  /** HTTP-version SP status-code; the space after it is missed by too many to insist on. */
  private State statusLine(byte b) {
    char due = STATUS_LINE.charAt(wordLength++);
    if (due == 'v') {
      oldVersion = b == '0';
      return b == '1' || b == '0' ? state : bad("HTTP version");
    }
    if (due != 's') {
      return b == due ? state : bad("status line");
    }
    if (b < '0' || b > '9') {
      return bad("status code");
    }
    status = status * 10 + (b - '0');
    if (wordLength < STATUS_LINE.length()) {
      return state;
    }
    lineLength = 0;
    return status >= 100 && status < 600 ? State.REASON : bad("status code");
  }

  private State reason(byte b) {
    if (b == '\r') {
      return State.LINE_LF;
    }
    boolean separate = lineLength++ > 0 || b == ' ';
    return separate && Octets.value(b) ? state : bad("status line");
  }

  private State nameStart(byte b) {
    if (b == '\r') {
      return State.HEAD_LF;
    }
    if (b == ' ' || b == '\t') {
      return bad("folded header line");
    }
    wordLength = 0;
    if (!Octets.token(b)) {
      return bad("header name");
    }
    remember(lower(b));
    return State.NAME;
  }

  private State name(byte b) {
    if (b == ':') {
      return nameEnd();
    }
    if (b == ' ' || b == '\t') {
      return State.NAME_SPACE;
    }
    if (!Octets.token(b)) {
      return bad("header name");
    }
    remember(lower(b));
    return state;
  }

  /** In an answer a proxy takes the space away (RFC 9112 §5.1), as the decoder does. */
  private State nameSpace(byte b) {
    if (b == ':') {
      return nameEnd();
    }
    return b == ' ' || b == '\t' ? state : bad("space in a header name");
  }

  private State nameEnd() {
    field = trailers ? null : known();
    wordLength = 0;
    return State.VALUE;
  }

  /** The field's name if it is one that decides what follows the head. */
  private String known() {
    return isWord(LENGTH, wordLength) ? LENGTH : isWord(CODING, wordLength) ? CODING : null;
  }

  private State value(byte b) {
    if (b == '\r') {
      return State.VALUE_LF;
    }
    if (!Octets.value(b)) {
      return bad("control character in a header");
    }
    if (field != null && (wordLength > 0 || (b != ' ' && b != '\t'))) {
      remember(lower(b));
    }
    return state;
  }

  private State fieldEnd() {
    if (field == null) {
      return State.NAME_START;
    }
    int length = Math.min(wordLength, word.length);
    while (length > 0 && (word[length - 1] == ' ' || word[length - 1] == '\t')) {
      length--;
    }
    if (wordLength > word.length || lengthSeen || codingSeen) {
      return bad("framing");
    }
    if (field.equals(LENGTH)) {
      lengthSeen = true;
      return number(length) ? State.NAME_START : bad("Content-Length");
    }
    codingSeen = true;
    return !oldVersion && isWord("chunked", length) ? State.NAME_START : bad("Transfer-Encoding");
  }

  private boolean number(int length) {
    if (length == 0 || length > 18) {
      return false;
    }
    left = 0;
    for (int i = 0; i < length; i++) {
      if (word[i] < '0' || word[i] > '9') {
        return false;
      }
      left = left * 10 + (word[i] - '0');
    }
    return true;
  }

  private State headEnd() {
    if (trailers) {
      return State.IDLE;
    }
    if (status == 101) {
      return upgrade ? State.REST : bad("101 that was not asked for");
    }
    if (status < 200) {
      return interimEnd();
    }
    if (head || status == 204 || status == 304) {
      return State.IDLE;
    }
    if (codingSeen) {
      return State.SIZE_START;
    }
    if (lengthSeen) {
      return left > 0 ? State.BODY : State.IDLE;
    }
    return State.REST;
  }

  private State interimEnd() {
    if (++interims > INTERIM_LIMIT) {
      return bad("too many interim answers");
    }
    interim = status != 100 && status != 103;
    beginHead();
    return state;
  }

  private State size(byte b) {
    int digit = Octets.hex(b);
    if (digit >= 0 && state != State.SIZE_SPACE) {
      if (state == State.SIZE_START) {
        left = 0;
        lineLength = 0;
      }
      if (left >= 1L << 56 || ++lineLength > 64) {
        return bad("chunk size too large");
      }
      left = left << 4 | digit;
      return State.SIZE;
    }
    if (state == State.SIZE_START) {
      return bad("chunk size");
    }
    if (b == '\r') {
      return State.SIZE_LF;
    }
    if (b == ';') {
      return State.EXTENSION;
    }
    // Some servers fill the line with spaces up to a width.
    return (b == ' ' || b == '\t') && ++lineLength < 64 ? State.SIZE_SPACE : bad("chunk size");
  }

  private State extension(byte b) {
    if (b == '\r') {
      return State.SIZE_LF;
    }
    boolean fine = Octets.value(b) && ++lineLength <= EXTENSION_LIMIT;
    return fine ? state : bad("chunk extension");
  }

  private State sizeEnd() {
    if (left > 0) {
      return State.DATA;
    }
    trailers = true;
    return State.NAME_START;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  /** Keeps what may turn out to be a word we know; longer ones are only counted. */
  private void remember(byte b) {
    if (wordLength < word.length) {
      word[wordLength] = b;
    }
    wordLength++;
  }

  private boolean isWord(String text, int length) {
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (word[i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
