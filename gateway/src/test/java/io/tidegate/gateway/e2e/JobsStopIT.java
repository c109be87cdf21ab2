package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the jar ends with jobs on its hands, and what becomes of them. */
@Timeout(90)
class JobsStopIT {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
  private static final int STORE_LOST = 74;
  private static final int TERMINATED = 128 + 15;

  @TempDir Path data;
  private RawUpstream upstream;
  private volatile boolean hang = true;

  @BeforeEach
  void start() {
    upstream = RawUpstream.start(this::answer);
  }

  @AfterEach
  void stop() {
    upstream.close();
  }

  private void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    request.body();
    boolean endless = request.target().equals("/work/long") && hang;
    connection.closedWithin(endless ? Duration.ofSeconds(60) : Duration.ofMillis(300));
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone");
  }

  private TidegateProcess gateway() {
    return TidegateProcess.start(
        """
        upstreams:
          origin: {endpoints: ['%s'], outlier: false}
        stores: {jobs: {path: '%s', disk-floor: 0B}}
        queues:
          work: {}
        jobs: {grace: 2s}
        routes:
          - {id: work, match: {path: /work/**}, upstream: origin, async: {queue: work, when: always}}
        """
            .formatted(upstream.url(), data));
  }

  private static RawClient.Response ask(TidegateProcess gateway, String method, String path) {
    return RawClient.exchange(
        gateway.port(),
        method + " " + path + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
  }

  private static String submit(TidegateProcess gateway, String path) {
    RawClient.Response accepted = ask(gateway, "POST", path);
    return accepted.header("location").orElseThrow(() -> new AssertionError(accepted.text()));
  }

  private static JsonObject over(TidegateProcess gateway, String job) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      JsonObject status = new JsonObject(ask(gateway, "GET", job).text());
      if (status.containsKey("finished_at")) {
        return status;
      }
      assertThat(System.nanoTime()).as(status.encode()).isLessThan(end);
    }
  }

  @Test
  void whatDoesNotFitTheGraceIsGivenBackUncountedAndRunsAfterTheNextStart() {
    String longer;
    String shorter;
    try (var first = gateway()) {
      longer = submit(first, "/work/long");
      upstream.awaitRequest("/work/long");
      shorter = submit(first, "/work/short");
      upstream.awaitRequest("/work/short");

      long asked = System.nanoTime();
      first.sigterm();
      assertThat(first.exitCode(Duration.ofSeconds(20))).isEqualTo(TERMINATED);

      assertThat(Duration.ofNanos(System.nanoTime() - asked))
          .as("the grace, two seconds, and one for a busy machine")
          .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(5));
    }
    hang = false;

    try (var second = gateway()) {
      JsonObject status = over(second, longer);

      assertThat(status.getString("state")).isEqualTo("succeeded");
      assertThat(status.getInteger("deliveries")).isEqualTo(1);
      assertThat(status.getInteger("attempts")).isZero();
      assertThat(status.getInteger("crashes")).isZero();
      assertThat(upstream.awaitRequest("/work/long").header("job-attempt")).contains("1");
      assertThat(over(second, shorter).getString("state")).isEqualTo("succeeded");
    }
    assertThat(upstream.requests()).filteredOn(r -> r.target().equals("/work/short")).hasSize(1);
  }

  @Test
  void aDiskThatFailsEndsTheProcessAndTheNextOneHasAllThatWasAccepted() throws Exception {
    assumeTrue(Files.isExecutable(PRLIMIT), "needs prlimit of util-linux");
    hang = false;
    String before;
    try (var failing = gateway().expectErrors()) {
      before = submit(failing, "/work/before");
      over(failing, before);

      // From now on each write to a file fails: EFBIG, which is no full disk.
      assertThat(
              new ProcessBuilder(PRLIMIT.toString(), "--pid", "" + failing.pid(), "--fsize=1")
                  .start()
                  .waitFor())
          .isZero();

      assertThat(ask(failing, "POST", "/work/lost").status()).isEqualTo(503);
      assertThat(failing.exitCode(Duration.ofSeconds(20))).isEqualTo(STORE_LOST);
      failing.awaitEvent(line -> "store_lost".equals(line.getString("event")));
    }

    try (var next = gateway()) {
      assertThat(over(next, before).getString("state")).isEqualTo("succeeded");
      over(next, submit(next, "/work/after"));
    }
  }
}
