package io.tidegate.gateway.wire;

import static io.tidegate.gateway.wire.RawUpstream.ok;
import static io.tidegate.gateway.wire.RawUpstream.writes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AnswersOfUpstreamsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  private RawUpstream upstream;
  private RawGateway gateway;

  @BeforeEach
  void start() throws Exception {
    upstream = RawUpstream.answering(OK);
    gateway = RawGateway.before(upstream);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 +200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
        "HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhixx\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n",
        "HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
      })
  void aMalformedAnswerIsABadGatewayAndItsConnectionIsNotUsedAgain(String answer)
      throws IOException {
    upstream.answer(writes(answer));
    assertThat(RawClient.ask(gateway, GET))
        .startsWith("HTTP/1.1 502 ")
        .contains("error=http_protocol_error");

    upstream.answer(ok("second"));
    assertThat(RawClient.ask(gateway, GET)).endsWith("second");
    assertThat(upstream.connections()).isEqualTo(2);
  }

  @Test
  void bytesAfterAnAnswerAreNeverTakenForTheNextOne() throws Exception {
    upstream.answer(writes(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
    try (var client = new RawClient(gateway)) {
      assertThat(client.get("/").answer()).endsWith("\r\n\r\nhi");
      upstream.answer(ok("second"));
      assertThat(client.get("/").answer()).endsWith("\r\n\r\nsecond");
    }
    assertThat(upstream.connections()).isEqualTo(2);
  }

  @Test
  void anInterimAnswerThatCannotBePassedOnIsLeftOut() throws Exception {
    upstream.answer(writes("HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n" + OK));
    assertThat(RawClient.ask(gateway, GET)).startsWith("HTTP/1.1 200 ").endsWith("hi");
  }

  @Test
  void anInterimAnswerIsLeftOutHoweverItIsCut() throws Exception {
    upstream.answer(
        (request, socket) -> {
          String answers = "HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n" + OK;
          for (byte b : answers.getBytes(StandardCharsets.ISO_8859_1)) {
            socket.getOutputStream().write(b);
          }
        });
    assertThat(RawClient.ask(gateway, GET)).startsWith("HTTP/1.1 200 ").endsWith("hi");
  }

  @Test
  void earlyHintsArePassedOnWithoutWhatConcernsOneConnection() throws Exception {
    upstream.answer(
        writes(
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n"
                + OK));
    assertThat(RawClient.ask(gateway, GET))
        .startsWith("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\nHTTP/1.1 200 ")
        .doesNotContainIgnoringCase("x-hop");
  }

  @Test
  void aClientOfTheOldVersionIsSparedInterimAnswers() throws Exception {
    upstream.answer(writes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK));
    assertThat(RawClient.ask(gateway, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.0 200 ");
  }

  @Test
  void anAnswerThatIsCutOffIsNeverPassedOnAsComplete() throws Exception {
    upstream.answer(
        (request, socket) -> {
          writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
              .to(request, socket);
          socket.shutdownOutput();
        });
    try (var client = new RawClient(gateway)) {
      assertThat(client.get("/").rest()).doesNotContain("0\r\n\r\n");
    }
  }

  @Test
  void anOldUpstreamsConnectionIsUsedAgainOnlyIfItOffersThat() throws Exception {
    String old = "HTTP/1.0 200 OK\r\n%sContent-Length: 2\r\n\r\nhi";
    try (var client = new RawClient(gateway)) {
      upstream.answer(writes(old.formatted("Connection: keep-alive\r\n")));
      client.get("/").answer();
      client.get("/").answer();
      assertThat(upstream.connections()).isEqualTo(1);
      upstream.answer(writes(old.formatted("")));
      client.get("/").answer();
      client.get("/").answer();
      assertThat(upstream.connections()).isEqualTo(2);
    }
  }
}
