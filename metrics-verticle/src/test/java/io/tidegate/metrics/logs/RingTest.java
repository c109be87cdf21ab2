package io.tidegate.metrics.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RingTest {
  @Test
  void refusesWhatDoesNotFitAndKeepsWhatDid() throws Exception {
    Ring ring = new Ring(8);
    assertThat(ring.offer("abcde".getBytes(StandardCharsets.UTF_8), 5)).isTrue();
    assertThat(ring.offer("fghi".getBytes(StandardCharsets.UTF_8), 4)).isFalse();
    assertThat(ring.offer("fgh".getBytes(StandardCharsets.UTF_8), 3)).isTrue();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ring.drainTo(out)).isEqualTo(8);
    assertThat(out).hasToString("abcdefgh");
  }

  @Test
  void oneThreadsLinesReachAnotherWholeAndInOrder() throws Exception {
    Ring ring = new Ring(64);
    int lines = 100_000;
    String expected =
        IntStream.range(0, lines).mapToObj(i -> i + "\n").collect(Collectors.joining());
    int total = expected.length();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CompletableFuture<Void> consumer =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (out.size() < total) {
                  ring.drainTo(out);
                }
              } catch (java.io.IOException impossible) {
                throw new AssertionError(impossible);
              }
            });
    for (int i = 0; i < lines; i++) {
      put(ring, i + "\n");
    }
    consumer.get(20, TimeUnit.SECONDS);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
  }

  private static void put(Ring ring, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    while (!ring.offer(bytes, bytes.length)) {
      Thread.onSpinWait();
    }
  }
}
