package io.tidegate.gateway.e2e;

import java.util.List;

/**
 * Answers of an upstream that cannot be trusted (RFC 9112 §4, §5, §6, §7): 502 to the client as
 * long as nothing was sent to it, a cut connection after that, and never a complete answer.
 */
final class MalformedResponses {
  /** What the upstream writes before it waits for the connection to be closed. */
  record Malformed(String name, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private MalformedResponses() {}

  /** Wrong in the head: nothing of them may reach a client. */
  static List<Malformed> heads() {
    return List.of(
        raw("garbage", "garbage\r\n\r\n"),
        raw("no status", "HTTP/1.1\r\nContent-Length: 2\r\n\r\nok"),
        raw("status no number", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("signed status", "HTTP/1.1 +200 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("negative status", "HTTP/1.1 -20 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("status 600", "HTTP/1.1 600 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("other protocol", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("version 2.0", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("version with two digits", "HTTP/1.10 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("leading space", " HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        raw("NUL in the reason", "HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\nok"),
        raw("bare CR in the reason", "HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nok"),
        raw(
            "upgrade that nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\n"
                + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        head("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", "ok!"),
        head("list of lengths", "Content-Length: 2, 3\r\n", "ok!"),
        head("plus", "Content-Length: +2\r\n", "ok"),
        head("minus", "Content-Length: -2\r\n", "ok"),
        head("letters", "Content-Length: two\r\n", "ok"),
        head("empty length", "Content-Length:\r\n", "ok"),
        head("inner space", "Content-Length: 2 0\r\n", "ok"),
        head("length over 63 bits", "Content-Length: 9223372036854775808\r\n", "ok"),
        head("length with chunked", "Content-Length: 2\r\n" + CHUNKED, "2\r\nok\r\n0\r\n\r\n"),
        head("chunked with length", CHUNKED + "Content-Length: 2\r\n", "2\r\nok\r\n0\r\n\r\n"),
        head("chunked not last", "Transfer-Encoding: chunked, gzip\r\n", "2\r\nok\r\n0\r\n\r\n"),
        head("unknown coding", "Transfer-Encoding: xchunked\r\n", "2\r\nok\r\n0\r\n\r\n"),
        head("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", "2\r\nok\r\n0\r\n\r\n"),
        raw("chunked from HTTP/1.0", "HTTP/1.0 200 OK\r\n" + CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n"),
        head("empty name", ": y\r\nContent-Length: 2\r\n", "ok"),
        head("no colon", "X\r\nContent-Length: 2\r\n", "ok"),
        head("NUL in a value", "X: a\0b\r\nContent-Length: 2\r\n", "ok"),
        head("bare CR in a value", "X: a\rb\r\nContent-Length: 2\r\n", "ok"),
        head("space in a name", "X Y: a\r\nContent-Length: 2\r\n", "ok"),
        head("control character in a value", "X: a\u0001b\r\nContent-Length: 2\r\n", "ok"));
  }

  /** What a proxy may also set right (RFC 9112 §5.1, §5.2), if nothing of it is left. */
  static List<Malformed> repairable() {
    return List.of(
        head("space before the colon", "X : y z\r\nContent-Length: 2\r\n", "ok"),
        head("space before the colon of the length", "X: y z\r\nContent-Length : 2\r\n", "ok"),
        head("folded line", "X: y\r\n z\r\nContent-Length: 2\r\n", "ok"));
  }

  /** Wrong in the body: the client must be able to tell that the answer is not complete. */
  static List<Malformed> bodies() {
    return List.of(
        chunk("letter", "2\r\nok\r\ng\r\nno\r\n0\r\n\r\n"),
        chunk("negative", "2\r\nok\r\n-1\r\nno\r\n0\r\n\r\n"),
        chunk("prefix", "2\r\nok\r\n0x2\r\nno\r\n0\r\n\r\n"),
        chunk("overflow of 32 bits", "2\r\nok\r\n100000002\r\nno\r\n0\r\n\r\n"),
        chunk("overflow of 64 bits", "2\r\nok\r\n10000000000000002\r\nno\r\n0\r\n\r\n"),
        chunk("bare LF after the size", "2\r\nok\r\n2\nno\r\n0\r\n\r\n"),
        chunk("no line end after the data", "2\r\nok\r\n2\r\nno0\r\n\r\n"),
        chunk("longer than its size", "2\r\nok\r\n2\r\nno!\r\n0\r\n\r\n"),
        chunk("empty size", "2\r\nok\r\n\r\nno\r\n0\r\n\r\n"));
  }

  private static Malformed raw(String name, String bytes) {
    return new Malformed(name, bytes);
  }

  private static Malformed head(String name, String headers, String body) {
    return raw(name, OK + headers + "\r\n" + body);
  }

  private static Malformed chunk(String name, String body) {
    return head("chunk: " + name, CHUNKED, body);
  }
}
