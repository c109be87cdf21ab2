package io.tidegate.gateway.upstream;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses each configured endpoint stands for: itself if it is an IP literal, else what DNS
 * last said. Not safe for threads: {@link Endpoints} guards it with its lock.
 */
final class Membership {
  private final UpstreamOptions options;
  private final Endpoint.Failing failing;
  private final List<List<Endpoint>> byOption = new ArrayList<>();

  /** What a new set of addresses changed. */
  record Change(List<Endpoint> added, List<Endpoint> removed) {
    boolean nothing() {
      return added.isEmpty() && removed.isEmpty();
    }
  }

  Membership(UpstreamOptions options, Endpoint.Failing whenFailing) {
    this.options = options;
    this.failing = whenFailing;
    for (EndpointOptions option : options.endpoints()) {
      byOption.add(literal(option).map(ip -> List.of(endpoint(option, ip))).orElse(List.of()));
    }
  }

  List<Endpoint> all() {
    return byOption.stream().flatMap(List::stream).toList();
  }

  boolean resolved(int position) {
    return !byOption.get(position).isEmpty();
  }

  /** Addresses that stay keep their endpoint and with it all that is known of it. */
  Change update(int position, List<InetAddress> addresses) {
    List<Endpoint> before = byOption.get(position);
    List<Endpoint> after = new ArrayList<>();
    List<Endpoint> added = new ArrayList<>();
    for (InetAddress ip : addresses) {
      Endpoint fresh = endpoint(options.endpoints().get(position), ip);
      Optional<Endpoint> known = same(before, fresh);
      known.or(() -> Optional.of(fresh)).ifPresent(after::add);
      if (known.isEmpty()) {
        added.add(fresh);
      }
    }
    List<Endpoint> removed = new ArrayList<>(before);
    removed.removeAll(after);
    byOption.set(position, List.copyOf(after));
    return new Change(added, removed);
  }

  /** Takes over addresses, health and ejections from an earlier configuration of the upstream. */
  void inherit(Membership earlier) {
    for (int mine = 0; mine < byOption.size(); mine++) {
      EndpointOptions option = options.endpoints().get(mine);
      for (int theirs = 0; theirs < earlier.byOption.size(); theirs++) {
        if (earlier.options.endpoints().get(theirs).url().equals(option.url())) {
          byOption.set(mine, heirs(option, earlier.byOption.get(theirs)));
        }
      }
    }
  }

  private List<Endpoint> heirs(EndpointOptions option, List<Endpoint> earlier) {
    List<Endpoint> heirs = new ArrayList<>();
    for (Endpoint old : earlier) {
      Endpoint heir = new Endpoint(option, old.ip(), options.tls(), failing);
      heir.inherit(old);
      heirs.add(heir);
    }
    return List.copyOf(heirs);
  }

  private static Optional<Endpoint> same(List<Endpoint> among, Endpoint wanted) {
    return among.stream().filter(known -> known.ip().equals(wanted.ip())).findFirst();
  }

  private Endpoint endpoint(EndpointOptions option, InetAddress ip) {
    return new Endpoint(option, ip, options.tls(), failing);
  }

  /** The address, if the host is written as one; never asks DNS. */
  static Optional<InetAddress> literal(EndpointOptions option) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(option.url().getHost());
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }
}
