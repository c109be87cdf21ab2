package io.tidegate.gateway.upstream;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SNIHostName;

/**
 * Turns the TLS settings of an upstream into those of Vert.x. Whether a call uses TLS is the
 * endpoint's matter ({@link Endpoint#tls}), and so is the name that is sent and verified: requests
 * name {@link Endpoint#peerName} as their host.
 */
public final class UpstreamTlsContext {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final String VERIFY = "HTTPS"; // RFC 2818, as the Java runtime calls it
  private static final String DO_NOT_VERIFY = "";

  private UpstreamTlsContext() {}

  /** For calls that name their own TLS settings; files are read when the first call is made. */
  public static ClientSSLOptions of(UpstreamTls tls, boolean http2) {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setHostnameVerificationAlgorithm(tls.verifyHost() ? VERIFY : DO_NOT_VERIFY);
    options.setEnabledSecureTransportProtocols(protocols());
    trust(tls).ifPresent(options::setTrustOptions);
    key(tls).ifPresent(options::setKeyCertOptions);
    options.setUseAlpn(http2);
    options.setApplicationLayerProtocols(http2 ? List.of("h2", "http/1.1") : List.of("http/1.1"));
    return options;
  }

  /** Sets TLS, ALPN and the protocol version of a whole client, and returns its options. */
  public static HttpClientOptions apply(UpstreamTls tls, boolean http2, HttpClientOptions options) {
    options.setVerifyHost(tls.verifyHost()).setEnabledSecureTransportProtocols(protocols());
    trust(tls).ifPresent(options::setTrustOptions);
    key(tls).ifPresent(options::setKeyCertOptions);
    return http2
        ? options
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setUseAlpn(true)
            .setHttp2ClearTextUpgrade(false)
        : options.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /**
   * Whether a client may be told to always send SNI. The Java runtime by itself leaves it out for
   * names without a dot; but forced upon an address it sends what RFC 6066 §3 forbids, and fails
   * for IPv6 addresses and for names with an underscore.
   */
  public static boolean mayForceSni(UpstreamOptions upstream) {
    return upstream
        .tls()
        .serverName()
        .map(UpstreamTlsContext::isName)
        .orElseGet(
            () -> upstream.endpoints().stream().allMatch(each -> isName(each.url().getHost())));
  }

  private static boolean isName(String host) {
    try {
      return NetUtil.createByteArrayFromIpAddressString(host) == null
          && !new SNIHostName(host).getAsciiName().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Set<String> protocols() {
    return new LinkedHashSet<>(PROTOCOLS);
  }

  private static Optional<PemTrustOptions> trust(UpstreamTls tls) {
    return tls.ca().map(ca -> new PemTrustOptions().addCertPath(ca.toString()));
  }

  private static Optional<PemKeyCertOptions> key(UpstreamTls tls) {
    return tls.certificate()
        .flatMap(
            certificate ->
                tls.key()
                    .map(
                        key ->
                            new PemKeyCertOptions()
                                .addCertPath(certificate.toString())
                                .addKeyPath(key.toString())));
  }
}
