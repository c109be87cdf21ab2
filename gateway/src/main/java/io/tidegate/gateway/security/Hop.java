package io.tidegate.gateway.security;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One station of a request's way here, as the station after it reported it.
 *
 * @param node an address in canonical form (RFC 5952 for IPv6), {@code unknown} or an obfuscated
 *     identifier such as {@code _hidden} (RFC 7239 §6)
 * @param address 4 or 16 bytes; empty when the node is no address
 * @param proto {@code http} or {@code https}; empty when not reported
 * @param host with port when it has one; empty when not reported
 */
record Hop(String node, byte[] address, String proto, String host) {
  static final String UNKNOWN = "unknown";

  private static final byte[] NO_ADDRESS = {};
  private static final Pattern PORT = Pattern.compile(":(\\d{1,5}|_[A-Za-z0-9._-]+)");
  private static final Pattern OBFUSCATED = Pattern.compile("_[A-Za-z0-9._-]+");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~%-]+)(:\\d{1,5})?");

  static Hop of(InetAddress address) {
    return new Hop(NetUtil.toAddressString(address), address.getAddress(), "", "");
  }

  static Hop unknown() {
    return new Hop(UNKNOWN, NO_ADDRESS, "", "");
  }

  boolean isAddress() {
    return address.length > 0;
  }

  Hop with(String newProto, String newHost) {
    return new Hop(node, address, newProto, newHost);
  }

  /** As the value of a Forwarded parameter, where IPv6 is bracketed and so must be quoted. */
  String quotedNode() {
    return address.length == 16 ? "\"[" + node + "]\"" : node;
  }

  /**
   * Reads a node of RFC 7239 §6: {@code 192.0.2.1}, {@code [2001:db8::1]:80}, {@code unknown},
   * {@code _hidden}. Ports are checked and dropped.
   */
  static Optional<Hop> parse(String text) {
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      return close < 0 || !isPort(text.substring(close + 1))
          ? Optional.empty()
          : address(text.substring(1, close)).filter(hop -> text.lastIndexOf(':', close) > 0);
    }
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (colon >= 0 && !isPort(text.substring(colon))) {
      return Optional.empty();
    }
    if (name.equalsIgnoreCase(UNKNOWN)) {
      return Optional.of(unknown());
    }
    return OBFUSCATED.matcher(name).matches()
        ? Optional.of(new Hop(name, NO_ADDRESS, "", ""))
        : address(name);
  }

  /** The same, and IPv6 without brackets, as X-Forwarded-For has it. */
  static Optional<Hop> parseLoosely(String text) {
    boolean bareIpv6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
    return bareIpv6 ? address(text) : parse(text);
  }

  /** {@code http} or {@code https} in lower case. */
  static Optional<String> proto(String text) {
    return Optional.of(text.toLowerCase(Locale.ROOT))
        .filter(proto -> proto.equals("http") || proto.equals("https"));
  }

  static boolean isHost(String text) {
    return HOST.matcher(text).matches();
  }

  /** An IPv4 address mapped into IPv6 comes out as IPv4, so that it meets the IPv4 blocks. */
  private static Optional<Hop> address(String text) {
    boolean literal = text.indexOf('%') < 0 && text.indexOf('[') < 0;
    byte[] bytes = literal ? NetUtil.createByteArrayFromIpAddressString(text) : null;
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(InetAddress.getByAddress(bytes)));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  private static boolean isPort(String text) {
    return text.isEmpty() || PORT.matcher(text).matches();
  }
}
