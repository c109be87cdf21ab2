package io.tidegate.gateway.offload;

import io.tidegate.gateway.security.Cidr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses a client's URL may lead to: public ones, and those that the user named. Without
 * it anybody who may submit a job could have the gateway call what only the gateway can reach.
 */
final class AddressGuard {
  /**
   * Everything that is not for the public internet (RFC 6890 and its registries). An address of
   * IPv4 that is written as one of IPv6 is one of IPv4 here already.
   */
  private static final List<Cidr> CLOSED =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "::/96",
              "64:ff9b:1::/48",
              "100::/64",
              "2001::/23",
              "2001:db8::/32",
              "3fff::/20",
              "5f00::/16",
              "fc00::/7",
              "fe80::/10",
              "fec0::/10",
              "ff00::/8")
          .map(Cidr::parse)
          .toList();

  /** Addresses of IPv6 that stand for one of IPv4, and where its bytes are. */
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");

  private AddressGuard() {}

  /** Whether an address may be called. */
  static boolean allows(InetAddress address, List<Cidr> networks) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(block -> block.contains(bytes)) || isPublic(bytes);
  }

  private static boolean isPublic(byte[] bytes) {
    if (NAT64.contains(bytes)) {
      return isPublic(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (SIX_TO_FOUR.contains(bytes)) {
      return isPublic(Arrays.copyOfRange(bytes, 2, 6));
    }
    return CLOSED.stream().noneMatch(block -> block.contains(bytes));
  }
}
