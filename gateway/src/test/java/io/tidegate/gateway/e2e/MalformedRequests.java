package io.tidegate.gateway.e2e;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests whose framing is broken or can be read in two ways (RFC 9112 §2.2, §3, §5, §6, §7). Each
 * deserves 400 and a closed connection, and nothing of it may reach an upstream.
 */
final class MalformedRequests {
  /** What to send, and what of it is wrong. */
  record Malformed(String name, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String HOST = "Host: a.test\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private MalformedRequests() {}

  static List<Malformed> all() {
    var all = new ArrayList<Malformed>();
    all.addAll(lengths());
    all.addAll(codings());
    all.addAll(chunks());
    all.addAll(lines());
    all.addAll(hosts());
    all.addAll(targets());
    return List.copyOf(all);
  }

  static List<Malformed> lengths() {
    return List.of(
        post("length with chunked", "Content-Length: 5\r\n" + CHUNKED, "0\r\n\r\n"),
        post("chunked with length", CHUNKED + "Content-Length: 5\r\n", "0\r\n\r\n"),
        post("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
        post("list of lengths", "Content-Length: 5, 6\r\n", "hello!"),
        post("list with an empty length", "Content-Length: 5,\r\n", "hello"),
        post("plus", "Content-Length: +5\r\n", "hello"),
        post("minus", "Content-Length: -5\r\n", "hello"),
        post("minus nought", "Content-Length: -0\r\n", ""),
        post("inner space", "Content-Length: 1 0\r\n", "helloworld"),
        post("hexadecimal", "Content-Length: 0x5\r\n", "hello"),
        post("letters", "Content-Length: five\r\n", "hello"),
        post("fraction", "Content-Length: 5.0\r\n", "hello"),
        post("empty length", "Content-Length:\r\n", "hello"),
        post("length over 64 bits", "Content-Length: 18446744073709551621\r\n", "hello"),
        post("length over 63 bits", "Content-Length: 9223372036854775808\r\n", "hello"),
        post("vertical tab", "Content-Length: \u000b5\r\n", "hello"),
        post("no-break space", "Content-Length: \u00a05\r\n", "hello"));
  }

  static List<Malformed> codings() {
    return List.of(
        post("chunked not last", "Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
        post("not chunked", "Transfer-Encoding: gzip\r\n", "0\r\n\r\n"),
        post("unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        post("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
        post("chunked twice, two lines", CHUNKED + CHUNKED, "0\r\n\r\n"),
        post("identity", "Transfer-Encoding: identity\r\n", "0\r\n\r\n"),
        post("identity after", CHUNKED + "Transfer-Encoding: identity\r\n", "0\r\n\r\n"),
        post("quoted", "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        post("parameter", "Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
        post("empty coding", "Transfer-Encoding:\r\n", "0\r\n\r\n"),
        post("vertical tab in coding", "Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n"),
        post("coding in a folded line", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        raw(
            "chunked from HTTP/1.0",
            "POST /x HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n5\r\nhello\r\n0\r\n\r\n"),
        raw(
            "chunked and length from HTTP/1.0",
            "POST /x HTTP/1.0\r\n" + HOST + CHUNKED + "Content-Length: 5\r\n\r\n0\r\n\r\n"));
  }

  static List<Malformed> chunks() {
    return List.of(
        chunk("letter", "g\r\nhello\r\n0\r\n\r\n"),
        chunk("negative", "-1\r\nhello\r\n0\r\n\r\n"),
        chunk("prefix", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunk("plus sign", "+5\r\nhello\r\n0\r\n\r\n"),
        chunk("overflow of 32 bits", "100000005\r\nhello\r\n0\r\n\r\n"),
        chunk("overflow of 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunk("leading space", " 5\r\nhello\r\n0\r\n\r\n"),
        chunk("trailing space", "5 \r\nhello\r\n0\r\n\r\n"),
        chunk("trailing tab", "5\t\r\nhello\r\n0\r\n\r\n"),
        chunk("empty size", "\r\nhello\r\n0\r\n\r\n"),
        chunk("two sizes", "5 5\r\nhello\r\n0\r\n\r\n"),
        chunk("underscore", "0_5\r\nhello\r\n0\r\n\r\n"),
        chunk("bare LF after the size", "5\nhello\r\n0\r\n\r\n"),
        chunk("bare CR after the size", "5\rhello\r\n0\r\n\r\n"),
        chunk("bare LF in an extension", "5;a=b\nhello\r\n0\r\n\r\n"),
        chunk("bare CR in an extension", "5;a=\rb\r\nhello\r\n0\r\n\r\n"),
        chunk("NUL in an extension", "5;a=\0b\r\nhello\r\n0\r\n\r\n"),
        chunk("huge extension", "5;a=" + "b".repeat(70_000) + "\r\nhello\r\n0\r\n\r\n"),
        chunk("no line end after the data", "5\r\nhello0\r\n\r\n"),
        chunk("longer than its size", "5\r\nhello!\r\n0\r\n\r\n"),
        chunk("bare LF after the data", "5\r\nhello\n0\r\n\r\n"),
        chunk("bare CR after the data", "5\r\nhello\r0\r\n\r\n"),
        chunk("last chunk with bare LF", "5\r\nhello\r\n0\n\r\n"),
        chunk("trailer section with bare LF", "5\r\nhello\r\n0\r\nX: y\n\r\n"),
        chunk("trailer without a colon", "5\r\nhello\r\n0\r\nxy\r\n\r\n"),
        chunk("trailer with a space before its colon", "5\r\nhello\r\n0\r\nX : y\r\n\r\n"));
  }

  static List<Malformed> lines() {
    return List.of(
        raw("bare LF everywhere", "GET /x HTTP/1.1\nHost: a.test\n\n"),
        raw("bare LF after the request line", "GET /x HTTP/1.1\n" + HOST + "\r\n"),
        raw("bare LF after a header", "GET /x HTTP/1.1\r\nX: y\n" + HOST + "\r\n"),
        raw("bare LF at the end of the head", "GET /x HTTP/1.1\r\n" + HOST + "\n"),
        get("bare CR in a value", "X: a\rb\r\n"),
        get("bare CR as a line end", "X: a\rY: b\r\n"),
        raw("bare CR in the request line", "GET /x\r HTTP/1.1\r\n" + HOST + "\r\n"),
        get("folded line", "X: a\r\n b\r\n"),
        get("folded by tab", "X: a\r\n\tb\r\n"),
        get("folded to nothing", "X: a\r\n \r\n"),
        get("space before the colon", "X : a\r\n"),
        get("tab before the colon", "X\t: a\r\n"),
        post("space before the colon of the length", "Content-Length : 5\r\n", "hello"),
        raw("space before the first header", "GET /x HTTP/1.1\r\n " + HOST + "\r\n"),
        raw("folded first header", "GET /x HTTP/1.1\r\n X: y\r\n" + HOST + "\r\n"),
        get("NUL in a value", "X: a\0b\r\n"),
        get("NUL in a name", "X\0: a\r\n"),
        get("control character in a value", "X: a\u0001b\r\n"),
        get("DEL in a value", "X: a\u007fb\r\n"),
        get("empty name", ": a\r\n"),
        get("no colon", "X\r\n"),
        get("space in a name", "X Y: a\r\n"),
        get("brackets in a name", "X[0]: a\r\n"),
        get("byte over 127 in a name", "X\u00e9: a\r\n"),
        raw("no version", "GET /x\r\n" + HOST + "\r\n"),
        raw("HTTP/0.9", "GET /x\r\n\r\n"),
        raw("two spaces", "GET  /x HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("tab", "GET\t/x HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("space in the target", "GET /a b HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("trailing space", "GET /x HTTP/1.1 \r\n" + HOST + "\r\n"),
        raw("method no token", "G(T /x HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("leading space", " GET /x HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("control character in the target", "GET /a\u0001 HTTP/1.1\r\n" + HOST + "\r\n"),
        raw("byte over 127 in the target", "GET /\u00e9 HTTP/1.1\r\n" + HOST + "\r\n"));
  }

  /** Versions that are not ours: 505 is as good as 400. */
  static List<Malformed> versions() {
    return List.of(
        version("lower case", "http/1.1"),
        version("two digits", "HTTP/1.10"),
        version("no dot", "HTTP/11"),
        version("signed", "HTTP/+1.1"),
        version("other protocol", "RTSP/1.0"),
        version("HTTP/2 in a line", "HTTP/2.0"),
        version("HTTP/3 in a line", "HTTP/3.0"),
        version("HTTP/0.9 in a line", "HTTP/0.9"),
        version("no number", "HTTP/x.y"));
  }

  static List<Malformed> hosts() {
    return List.of(
        raw("no host", "GET /x HTTP/1.1\r\n\r\n"),
        raw("two hosts", "GET /x HTTP/1.1\r\n" + HOST + "Host: b.test\r\n\r\n"),
        raw("the same host twice", "GET /x HTTP/1.1\r\n" + HOST + HOST + "\r\n"),
        host("space", "a b"),
        host("path", "a/b"),
        host("user", "user@a.test"),
        host("list", "a.test, b.test"),
        host("port no number", "a.test:port"),
        host("port too great", "a.test:65536"),
        host("signed port", "a.test:+80"),
        host("two ports", "a.test:80:80"),
        host("query", "a.test?x"),
        host("fragment", "a.test#x"),
        host("backslash", "a.test\\b"),
        host("open bracket", "[::1"),
        host("brackets around a name", "[a.test]"),
        host("bad percent-encoding", "a%zz.test"),
        host("byte over 127", "\u00e9.test"),
        raw("two hosts, HTTP/1.0", "GET /x HTTP/1.0\r\n" + HOST + "Host: b.test\r\n\r\n"));
  }

  static List<Malformed> targets() {
    return List.of(
        target("no leading slash", "x"),
        target("asterisk with GET", "*"),
        target("query alone", "?x=y"),
        target("empty authority", "http:///x"),
        target("user in the authority", "http://user@a.test/x"),
        target("other scheme", "ftp://a.test/x"),
        target("scheme alone", "http:"),
        target("fragment", "/x#y"),
        target("bad percent-encoding", "/%zz"),
        target("cut percent-encoding", "/a%4"),
        target("NUL by percent-encoding", "/a%00b"),
        target("backslash", "/a\\b"),
        target("quote", "/a\"b"),
        target("above the root", "/../x"),
        target("above the root, encoded", "/%2e%2e/x"));
  }

  private static Malformed raw(String name, String bytes) {
    return new Malformed(name, bytes);
  }

  private static Malformed get(String name, String headers) {
    return raw(name, "GET /x HTTP/1.1\r\n" + HOST + headers + "\r\n");
  }

  private static Malformed post(String name, String headers, String body) {
    return raw(name, "POST /x HTTP/1.1\r\n" + HOST + headers + "\r\n" + body);
  }

  private static Malformed chunk(String name, String body) {
    return post("chunk: " + name, CHUNKED, body);
  }

  private static Malformed host(String name, String host) {
    return raw("host: " + name, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private static Malformed version(String name, String version) {
    return raw("version: " + name, "GET /x " + version + "\r\n" + HOST + "\r\n");
  }

  private static Malformed target(String name, String target) {
    return raw("target: " + name, "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");
  }
}
