package io.tidegate.gateway.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of addresses such as {@code 10.0.0.0/8}, {@code ::1/128} or a single address.
 *
 * @param address the block's first address, 4 or 16 bytes
 * @param prefix leading bits that must agree
 */
public record Cidr(byte[] address, int prefix) {
  public Cidr {
    address = address.clone();
  }

  /**
   * Reads a block from text; never asks DNS.
   *
   * @throws IllegalArgumentException when {@code text} is not an address with an optional prefix
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    byte[] address = bytes(host);
    int bits = address.length * 8;
    int prefix = bits;
    if (slash >= 0) {
      try {
        prefix = Integer.parseInt(text.substring(slash + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not a prefix length: " + text, e);
      }
      if (prefix < 0 || prefix > bits) {
        throw new IllegalArgumentException("prefix length out of 0.." + bits + ": " + text);
      }
    }
    return new Cidr(address, prefix);
  }

  private static byte[] bytes(String host) {
    boolean literal = host.indexOf(':') >= 0 || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    if (!literal) {
      throw new IllegalArgumentException("not an IP address: " + host);
    }
    try {
      return InetAddress.getByName(host).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + host, e);
    }
  }

  /** Whether {@code candidate} (4 or 16 bytes) lies in this block. */
  public boolean contains(byte[] candidate) {
    if (candidate.length != address.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (candidate[i] != address[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((candidate[whole] ^ address[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
  }

  @Override
  public byte[] address() {
    return address.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && prefix == that.prefix
        && Arrays.equals(address, that.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + prefix;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(address).getHostAddress() + "/" + prefix;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
