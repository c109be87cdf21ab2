package io.tidegate.gateway.wire;

import static io.tidegate.gateway.wire.RawUpstream.writes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestsOfClientsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n";

  private RawUpstream upstream;
  private RawGateway gateway;

  @BeforeEach
  void start() throws Exception {
    upstream = new RawUpstream(RawUpstream.ok("hi"));
    gateway = RawGateway.before(upstream);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    upstream.close();
  }

  @Test
  void aPipelinedRequestThatIsRefusedIsAnsweredAfterTheOneBeforeIt() throws IOException {
    try (var client = new RawClient(gateway)) {
      client.send(GET + "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + GET);
      assertThat(client.rest())
          .startsWith("HTTP/1.1 200 ")
          .contains("\r\n\r\nhiHTTP/1.1 400 ")
          .contains("connection: close")
          .doesNotEndWith("hi");
    }
  }

  @Test
  void anAnswerWithoutLengthEndsTheConnectionOfAnOldClientThatWouldKeepIt() throws IOException {
    upstream.answer(writes(CHUNKED + "0\r\n\r\n"));
    try (var client = new RawClient(gateway)) {
      client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.rest())
          .contains("connection: close")
          .doesNotContain("keep-alive")
          .endsWith("\r\n\r\nhi");
    }
  }

  @Test
  void aBodyThatIsCutOffResetsTheConnectionOfAClientThatReadsToItsEnd() throws IOException {
    upstream.answer(
        (request, socket) -> {
          writes(CHUNKED).to(request, socket);
          socket.close();
        });
    try (var client = new RawClient(gateway)) {
      client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      assertThat(client.rest()).endsWith(" RST");
    }
  }

  @Test
  void http2IsNotTurnedToInTheMiddleOfHttp1() throws IOException {
    try (var client = new RawClient(gateway)) {
      client.send(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"
              + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertThat(client.rest()).contains("\r\n\r\nhiHTTP/1.1 400 ");
    }
  }

  @Test
  void viaNamesTheVersionOfTheClientAndOfTheUpstream() throws Exception {
    upstream.answer(writes("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    assertThat(RawClient.ask(gateway, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"))
        .contains("via: 1.0 tidegate");
    assertThat(upstream.request()).contains("via: 1.0 tidegate");
  }

  @Test
  void trailersThatDoNotGoOnAreNotAnnounced() throws Exception {
    RawClient.ask(
        gateway,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
            + "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
    assertThat(upstream.request()).doesNotContainIgnoringCase("x-t").endsWith("\r\n\r\nabc");
  }

  @Test
  void optionsOfAServerWithoutAPathAreOurs() throws IOException {
    assertThat(RawClient.ask(gateway, "OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("Allow: ");
    assertThat(upstream.hasRequest()).isFalse();
  }
}
