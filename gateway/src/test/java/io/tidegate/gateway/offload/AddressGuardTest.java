package io.tidegate.gateway.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.security.Cidr;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where callbacks may lead, and how they are signed. */
class AddressGuardTest {
  private static boolean allows(String address, String... networks) throws UnknownHostException {
    List<Cidr> open = List.of(networks).stream().map(Cidr::parse).toList();
    return AddressGuard.allows(InetAddress.getByName(address), open);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
      })
  void whatIsNotPublicIsRefused(String address) throws UnknownHostException {
    assertThat(allows(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.1.1.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::101:101"})
  void whatIsPublicMayBeCalled(String address) throws UnknownHostException {
    assertThat(allows(address)).isTrue();
  }

  @Test
  void aNetworkThatIsNamedMayBeCalled() throws UnknownHostException {
    assertThat(allows("10.1.2.3", "10.1.0.0/16")).isTrue();
    assertThat(allows("10.2.2.3", "10.1.0.0/16")).isFalse();
  }

  /** The example of the specification of Standard Webhooks. */
  @Test
  void signsAsTheSpecificationDoes() {
    var secret = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    String signature =
        Signature.of(
            List.of(secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            Buffer.buffer("{\"test\": 2432232314}"));

    assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void eachSecretSignsWhileTheyAreExchanged() {
    var one = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    var other = new Secret("whsec_bm90LXRvLWJlLXNob3duLWF0LWFsbC1ldmVy");

    assertThat(Signature.of(List.of(one, other), "a", 1, Buffer.buffer()).split(" ")).hasSize(2);
    assertThat(other).hasToString("secret");
  }
}
