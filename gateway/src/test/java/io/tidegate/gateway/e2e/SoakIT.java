package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Faults of all kinds on one side and clients that leave on the other, for a minute in a small
 * process; {@code mvn -Psoak verify}: for ten. After that nothing may be held for anybody.
 */
@Tag("soak")
class SoakIT {
  private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("soak.seconds", 60));

  /** Until the first look at the memory: by then every thread has had its share of buffers. */
  private static final Duration WARM_UP = Duration.ofSeconds(15);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 16;

  /** What pools of buffers may hold on to beyond what they held after the warm-up. */
  private static final double KEPT = 16 << 20;

  private static final String LARGE = "y".repeat(300_000);

  /** Each is back at 0 when nobody asks for anything; the first five never are before that. */
  private static final List<String> AT_REST =
      List.of(
          "tidegate_requests_in_flight",
          "tidegate_pool_in_use",
          "tidegate_concurrency_in_flight",
          "tidegate_timers",
          "tidegate_client_connections",
          "tidegate_pool_waiting",
          "tidegate_concurrency_waiting",
          "tidegate_extra_attempts_in_flight");

  private final Set<String> seenMoving = new HashSet<>();

  @Test
  void holdsNothingForAnybodyAfterAllSortsOfFaultsAndAborts() throws IOException {
    try (var one = RawUpstream.start(SoakIT::faulty);
        var two = RawUpstream.start(SoakIT::faulty);
        var gateway =
            TidegateProcess.start(
                config(one, two), "-Xmx80m", "-XX:MaxDirectMemorySize=64m", "-Xss512k")) {
      // A client that leaves in the middle of an upload is worth a line, and there are thousands.
      gateway.expectErrors();
      play(gateway, WARM_UP, one, two);
      awaitRest(gateway);
      double before = gateway.metric("tidegate_buffer_direct_bytes");
      long deeds = play(gateway, LENGTH.minus(WARM_UP), one, two);
      awaitRest(gateway);
      assertThat(deeds).as("connections made").isGreaterThan(500);
      // A gauge that never moves would be at rest as well.
      assertThat(seenMoving).containsAll(AT_REST.subList(0, 5));
      assertThat(gateway.metric("tidegate_buffer_direct_bytes"))
          .as("bytes of buffers, which were %s before", before)
          .isPositive()
          .isLessThanOrEqualTo(before + KEPT);
      assertThat(gateway.metric("tidegate_attempts_total")).isGreaterThan(500);
      one.behave(RawUpstream.OK);
      two.behave(RawUpstream.OK);
      awaitGoodAnswers(gateway);
      assertThat(gateway.lines()).noneMatch(line -> line.contains("OutOfMemory"));
    }
  }

  private static String config(RawUpstream one, RawUpstream two) {
    return """
        defaults:
          timeout: {total: 1s, attempt: 300ms, idle: 1s}
        upstreams:
          origin:
            endpoints: ['%1$s', '%2$s']
            pool: {connections: 12, waiting: 8, wait: 200ms, idle: 2s}
            concurrency: {limit: 10, queue: 6, wait: 150ms}
            outlier: {failures: 20, eject: 200ms}
            breaker: {failures: 25, failure-rate: 90%%, reset: 100ms, reset-max: 200ms}
          adaptive:
            endpoints: ['%2$s', '%1$s']
            concurrency: {limit: 8, queue: 4, wait: 100ms, adaptive: {min: 2, max: 20}}
            breaker: {failures: 25, reset: 100ms, reset-max: 200ms}
        routes:
          - id: get
            match: {path: /get}
            upstream: origin
            retry: {attempts: 3, budget: {share: 50%%}}
            fallback: [{upstream: adaptive}, {status: 503, body: later}]
          - {id: hedged, match: {path: /hedged}, upstream: adaptive, hedge: {after: 40ms}}
          - id: large
            match: {path: /large}
            upstream: origin
            fault: {delay: {time: 50ms, share: 10%%}, reset: {share: 5%%}, abort: {status: 503, share: 5%%}}
          - {id: upload, match: {path: /upload}, upstream: adaptive, mirror: {upstream: origin, share: 20%%}}
        telemetry: {logs: {access: false}}
        """
        .formatted(one.url(), two.url());
  }

  /** One fault after the other, by chance; half of the time there is none. */
  private static void faulty(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    int kind = ThreadLocalRandom.current().nextInt(24);
    switch (kind) {
      case 0 -> connection.reset();
      case 1 -> connection.close();
      case 2 -> connection.closedWithin(Duration.ofSeconds(3));
      case 3 -> {
        request.body();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + LARGE);
        connection.close();
      }
      case 4 -> {
        request.body();
        connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzzz");
        connection.close();
      }
      case 5 -> {
        connection.write("HTTP/1.1 200 OK\r\nContent-");
        connection.closedWithin(Duration.ofSeconds(3));
      }
      case 6 -> {
        request.body();
        LockSupport.parkNanos(100_000_000);
        RawUpstream.OK.answer(request, connection);
      }
      case 7, 8 ->
          RawUpstream.answering(
                  "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy")
              .answer(request, connection);
      case 9 -> {
        request.body();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        connection.closedWithin(Duration.ofSeconds(3));
      }
      case 10 -> connection.write("no HTTP at all\r\n\r\n");
      default -> {
        request.body();
        String body = request.target().startsWith("/large") ? LARGE : "ok";
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      }
    }
  }

  private long play(TidegateProcess gateway, Duration length, RawUpstream... upstreams) {
    long end = System.nanoTime() + length.toNanos();
    try (var clients = new Wanton(gateway.port(), CLIENTS)) {
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(500_000_000);
        seenMoving.addAll(held(gateway).keySet());
        for (RawUpstream upstream : upstreams) {
          upstream.forget();
        }
      }
      return clients.deeds();
    }
  }

  private static void awaitRest(TidegateProcess gateway) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Map<String, Double> held = held(gateway);
    while (!held.isEmpty()) {
      assertThat(System.nanoTime()).as("still held: %s", held).isLessThan(end);
      LockSupport.parkNanos(100_000_000);
      held = held(gateway);
    }
  }

  /** What is not at rest, by the name of its gauge. */
  private static Map<String, Double> held(TidegateProcess gateway) {
    Map<String, Double> held = new TreeMap<>();
    for (String name : AT_REST) {
      double now = gateway.metric(name);
      if (now != 0) {
        held.put(name, now);
      }
    }
    return held;
  }

  private static void awaitGoodAnswers(TidegateProcess gateway) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int inARow = 0;
    while (inARow < 20) {
      var answer =
          RawClient.exchange(gateway.port(), "GET /hedged HTTP/1.1\r\nHost: a.test\r\n\r\n");
      inARow = answer.status() == 200 ? inARow + 1 : 0;
      assertThat(System.nanoTime()).as("20 good answers in a row").isLessThan(end);
    }
  }
}
