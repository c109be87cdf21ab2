package io.tidegate.gateway.security;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/**
 * Tells, for the requests of one connection, who the client is, and writes it down for the
 * upstream.
 *
 * <p>Of an untrusted peer nothing is believed: all is rebuilt from the socket, and its headers are
 * not even read. Of a trusted one the reported way is walked from the right past trusted addresses;
 * the first other address is the client, its scheme and host are what the trusted proxy next to it
 * reported. A hop without an address ends the walk at the proxy that reported it. When all are
 * trusted, the leftmost is the client.
 *
 * <p>A proxy that writes one of Forwarded and X-Forwarded-* often lets the client's other one pass.
 * So where both are there and disagree about the client, neither is believed, and a scheme or host
 * that they disagree about is taken from the socket. A malformed field counts as not there.
 *
 * <p>Made once per connection and used on its event loop only.
 */
public final class Forwarder {
  private final List<Cidr> trusted;
  private final Hop peer;
  private final boolean peerTrusted;
  private final String scheme;
  private final String peerElement;
  private Forwarding latest; // clients ask for one host again and again

  private Forwarder(Hop peer, List<Cidr> trusted, String scheme) {
    this.peer = peer;
    this.trusted = List.copyOf(trusted);
    this.peerTrusted = isTrusted(peer);
    this.scheme = scheme;
    this.peerElement = element(peer, scheme, "");
    this.latest = fromSocket("");
  }

  /**
   * @param peer the socket's remote address as text, IPv6 with or without zone; null or no address:
   *     an untrusted peer called {@code unknown}
   * @param trusted whose word is believed
   * @param scheme of the connection, {@code http} or {@code https}
   */
  public static Forwarder forConnection(String peer, List<Cidr> trusted, String scheme) {
    String address = peer == null ? "" : peer;
    int zone = address.indexOf('%');
    Hop hop =
        Hop.parseLoosely(zone < 0 ? address : address.substring(0, zone)).orElseGet(Hop::unknown);
    return new Forwarder(hop, trusted, scheme);
  }

  /**
   * @param inbound the request's headers as they came
   * @param host the Host field or {@code :authority} as it came; null when there is none
   */
  public Forwarding see(MultiMap inbound, String host) {
    String asked = host == null ? "" : host;
    if (peerTrusted) {
      Optional<Walk> walk = walk(inbound, asked);
      if (walk.isPresent()) {
        return walk.get().forwarding();
      }
    }
    if (!latest.host().equals(asked)) {
      latest = fromSocket(asked);
    }
    return latest;
  }

  /** {@link #see} and {@link Forwarding#writeTo} in one; gives back the client's address. */
  public String apply(MultiMap inbound, String host, MultiMap outbound) {
    Forwarding forwarding = see(inbound, host);
    forwarding.writeTo(outbound);
    return forwarding.clientIp();
  }

  private Optional<Walk> walk(MultiMap inbound, String host) {
    Optional<Walk> standard = ForwardedChain.ofForwarded(inbound).map(c -> new Walk(c, host));
    Optional<Walk> custom = ForwardedChain.ofXForwarded(inbound).map(c -> new Walk(c, host));
    boolean both = standard.isPresent() && custom.isPresent();
    return both ? standard.get().agreeing(custom.get()) : standard.or(() -> custom);
  }

  private Forwarding fromSocket(String host) {
    String forwarded = host.isEmpty() ? peerElement : element(peer, scheme, host);
    return new Forwarding(peer.node(), scheme, host, forwarded, peer.node(), false);
  }

  private boolean isTrusted(Hop hop) {
    for (int i = 0; i < trusted.size(); i++) {
      if (trusted.get(i).contains(hop.address())) {
        return true;
      }
    }
    return false;
  }

  private static String element(Hop hop, String proto, String host) {
    return "for="
        + hop.quotedNode()
        + (proto.isEmpty() ? "" : ";proto=" + proto)
        + (host.isEmpty() ? "" : ";host=" + tokenOrQuoted(host));
  }

  private static String tokenOrQuoted(String text) {
    return text.chars().allMatch(c -> ForwardedParser.isToken((char) c))
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** A trusted peer's report, followed to the client. */
  private final class Walk {
    private final List<Hop> hops;
    private final String asked;
    private final Hop client;
    private final int witness; // the hop that says what the client asked; past the end: the peer
    private String clientScheme;
    private String clientHost;

    Walk(ForwardedChain chain, String asked) {
      this.hops = chain.hops();
      this.asked = asked;
      int at = hops.size();
      while (at > 0 && isTrusted(hop(at)) && hops.get(at - 1).isAddress()) {
        at--;
      }
      client = hop(at);
      boolean hidden = at > 0 && isTrusted(client); // by a hop that is no address
      witness = hidden ? at - 1 : at;
      clientScheme = reported(chain.proto(), scheme, true);
      clientHost = reported(chain.host(), asked, false);
    }

    private Hop hop(int at) {
      return at == hops.size() ? peer : hops.get(at);
    }

    /** What the witness says, else the proxies between it and us, else the chain, else we. */
    private String reported(String ofChain, String ours, boolean proto) {
      for (int i = witness; i < hops.size(); i++) {
        String said = proto ? hops.get(i).proto() : hops.get(i).host();
        if (!said.isEmpty()) {
          return said;
        }
      }
      return hops.isEmpty() && !ofChain.isEmpty() ? ofChain : ours;
    }

    Optional<Walk> agreeing(Walk other) {
      if (!other.hops.isEmpty() && !client.node().equals(other.client.node())) {
        return Optional.empty();
      }
      clientScheme = clientScheme.equals(other.clientScheme) ? clientScheme : scheme;
      clientHost = clientHost.equals(other.clientHost) ? clientHost : asked;
      return Optional.of(this);
    }

    /** Both styles from the one chain, so that they cannot contradict each other. */
    Forwarding forwarding() {
      StringBuilder forwarded = new StringBuilder();
      StringBuilder forwardedFor = new StringBuilder();
      for (int i = 0; i < hops.size(); i++) {
        Hop hop = hops.get(i);
        forwarded
            .append(i == witness ? element(hop, clientScheme, clientHost) : element(hop, "", ""))
            .append(", ");
        forwardedFor.append(hop.node()).append(", ");
      }
      boolean own = witness == hops.size();
      forwarded.append(element(peer, own ? clientScheme : scheme, own ? clientHost : asked));
      forwardedFor.append(peer.node());
      return new Forwarding(
          client.node(),
          clientScheme,
          clientHost,
          forwarded.toString(),
          forwardedFor.toString(),
          true);
    }
  }
}
