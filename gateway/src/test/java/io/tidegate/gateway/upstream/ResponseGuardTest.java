package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseGuardTest {
  private final Connection connection = new Connection(null, null, 0);
  private final ResponseGuard guard = new ResponseGuard(connection, 256);
  private final EmbeddedChannel channel = new EmbeddedChannel(guard);

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private void read(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
  }

  private String passed() {
    var text = new StringBuilder();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      text.append(next.toString(StandardCharsets.ISO_8859_1));
      next.release();
      assertThat(next.refCnt()).isZero();
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200\r\ncontent-length:2 \r\n\r\nhi",
        "HTTP/1.1 204 No Content\r\nX : \u00e9\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2  \r\nhi\r\n1;a=b\r\n!\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nto the end",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      })
  void passesASoundAnswerUnchangedHoweverItIsCut(String answer) {
    for (int cut = 0; cut <= answer.length(); cut++) {
      guard.expect(false, false);
      read(answer.substring(0, cut));
      read(answer.substring(cut));
      assertThat(passed()).as("cut at %d", cut).isEqualTo(answer);
    }
  }

  @Test
  void leavesOutInterimAnswersHoweverTheyAreCut() {
    String interim = "HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n";
    String last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    String answers = "HTTP/1.1 100 Continue\r\n\r\n" + interim + interim + last;
    for (int cut = 0; cut <= answers.length(); cut++) {
      guard.expect(false, false);
      read(answers.substring(0, cut));
      read(answers.substring(cut));
      assertThat(passed()).as("cut at %d", cut).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n" + last);
    }
  }

  @Test
  void aHeadHasNoBodyWhateverItDeclares() {
    guard.expect(true, false);
    read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assertThat(channel.isOpen()).isTrue();
    read("hi");
    assertThat(passed()).endsWith("\r\n\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void closesOnBytesThatNobodyAskedForAndPassesNone() {
    read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assertThat(passed()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
    assertThat(connection.retired).isTrue();
  }

  @Test
  void letsAnotherProtocolFollowAnUpgradeThatWasAskedFor() {
    guard.expect(false, true);
    String switched = "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\u0081\0anything";
    read(switched);
    assertThat(passed()).isEqualTo(switched);
  }

  @Test
  void aHeadThatDoesNotEndIsNotHeldForEver() {
    guard.expect(false, false);
    read("HTTP/1.1 200 OK\r\nX: ");
    Throwable failure = catchThrowable(() -> read("a".repeat(300)));
    assertThat(failure).isInstanceOf(TooLongFrameException.class);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void givesBackWhatItHoldsWhenTheConnectionEnds() {
    guard.expect(false, false);
    ByteBuf part = Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nX", StandardCharsets.ISO_8859_1);
    channel.writeInbound(part);
    channel.close();
    assertThat(part.refCnt()).isZero();
    assertThat(passed()).isEmpty();
  }

  @Test
  void tellsWhetherAnAnswerBegan() {
    guard.expect(false, false);
    assertThat(guard.answerBegan()).isFalse();
    read("H");
    assertThat(guard.answerBegan()).isTrue();
  }
}
