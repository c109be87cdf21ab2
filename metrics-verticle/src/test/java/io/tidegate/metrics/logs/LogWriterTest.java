package io.tidegate.metrics.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.Facts;
import io.tidegate.metrics.TelemetryOptions.Logs;
import io.tidegate.metrics.api.AccessLog;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LogWriterTest {
  private static final Logs ALL = new Logs(Logs.Format.JSON, "info", true, 1);

  @Test
  void aSingleLineIsWrittenWithin300MsThoughNothingFollows() throws Exception {
    BlockingQueue<String> written = new LinkedBlockingQueue<>();
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void write(byte[] bytes, int offset, int length) {
            written.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
          }
        };
    try (LogWriter writer = new LogWriter(out)) {
      AccessLog.Lane lane = new AccessLines(writer, ALL, false).lane();
      long best = Long.MAX_VALUE; // A busy machine may be late; the writer is not.
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        lane.log(new Facts());
        assertThat(written.poll(10, TimeUnit.SECONDS)).endsWith("}\n");
        best = Math.min(best, System.nanoTime() - start);
      }
      assertThat(best).isLessThan(TimeUnit.MILLISECONDS.toNanos(300));
    }
  }

  @Test
  void aStuckReaderBlocksNobodyAndDropsAreCounted() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written whole");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            stuck.countDown();
            try {
              released.await();
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (LogWriter writer = new LogWriter(out)) {
      AccessLog.Lane lane = new AccessLines(writer, ALL, false).lane();
      Facts facts = new Facts();
      lane.log(facts);
      assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
      long start = System.nanoTime();
      for (int i = 0; i < 20_000; i++) {
        lane.log(facts);
        writer.offer(new byte[512]);
      }
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(writer.droppedAccess()).isBetween(15_000L, 20_000L);
      assertThat(writer.droppedOther()).isBetween(10_000L, 20_000L);
      released.countDown();
    }
  }

  @Test
  void everythingIsWrittenBeforeCloseReturns() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogWriter writer = new LogWriter(out);
    AccessLog.Lane lane = new AccessLines(writer, ALL, false).lane();
    for (int i = 0; i < 500; i++) {
      lane.log(new Facts());
    }
    writer.offer("last\n".getBytes(StandardCharsets.UTF_8));
    writer.close();
    String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
    assertThat(lines).hasSize(501).contains("last");
    assertThat(lines).filteredOn(line -> line.startsWith("{") && line.endsWith("}")).hasSize(500);
    assertThat(writer.droppedAccess()).isZero();
  }

  @Test
  void failuresAreLoggedWhateverTheSample() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogWriter writer = new LogWriter(out);
    AccessLines log = new AccessLines(writer, new Logs(Logs.Format.JSON, "info", true, 0), false);
    Facts good = new Facts();
    Facts bad = new Facts();
    bad.status = 503;
    bad.failure = "breaker_open";
    log.lane().log(good);
    log.lane().log(bad);
    log.reload(new Logs(Logs.Format.JSON, "info", false, 1));
    log.lane().log(bad);
    writer.close();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("breaker_open");
  }

  @Test
  void aShareOfGoodRequestsIsLogged() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogWriter writer = new LogWriter(out);
    AccessLog.Lane lane =
        new AccessLines(writer, new Logs(Logs.Format.JSON, "info", true, 0.1), false).lane();
    for (int i = 0; i < 4000; i++) {
      lane.log(new Facts());
    }
    writer.close();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().count()).isBetween(300L, 500L);
  }
}
