package io.tidegate.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.faults.ScriptedUpstream.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What is wrong with an upstream, and what a client sees of it through one plain attempt. */
enum Fault {
  REFUSED(Nature.FAILS, 502, "connection_refused"),
  CONNECT_BLACK_HOLE(Nature.FAILS, 504, "connection_timeout"),
  HANG(Nature.FAILS, 504, "http_response_timeout") {
    @Override
    void play(Call call, int number) throws IOException {
      call.goneWithin(LONG);
    }
  },
  SLOW_HEAD(Nature.FAILS, 504, "http_response_timeout") {
    @Override
    void play(Call call, int number) throws IOException {
      call.drip(call.head(200, 4), 100);
      call.goneWithin(LONG);
    }
  },
  RESET_BEFORE_HEAD(Nature.FAILS, 502, "connection_terminated") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.reset();
    }
  },
  CLOSE_BEFORE_HEAD(Nature.FAILS, 502, "connection_terminated") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.close();
    }
  },
  RESET_IN_BODY(Nature.CUTS, 200, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.write(call.head(200, 1000) + "fine");
      // Only once it is read may the reset follow, or the kernel drops what was written.
      Caller.awaitHead(call.id());
      call.reset();
    }
  },
  CLOSE_IN_BODY(Nature.CUTS, 200, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.write(call.head(200, 1000) + "fine");
      call.close();
    }
  },
  DRIP_BODY(Nature.WORKS, 200, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.write(call.head(200, 4));
      call.drip(FINE, 20);
    }
  },
  UNAVAILABLE(Nature.ANSWERS, 503, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.answer(503, "failed");
    }
  },
  HALF_UNAVAILABLE(Nature.SOMETIMES, 503, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.answer(number % 2 == 0 ? 503 : 200, number % 2 == 0 ? "failed" : FINE);
    }
  },
  TENTH_UNAVAILABLE(Nature.SOMETIMES, 503, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.answer(number % 10 == 2 ? 503 : 200, number % 10 == 2 ? "failed" : FINE);
    }
  },
  TOO_MANY_FOR_SECONDS(Nature.ANSWERS, 429, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.answer(429, "failed", "Retry-After: 7");
    }
  },
  TOO_MANY_UNTIL_DATE(Nature.ANSWERS, 429, "") {
    @Override
    void play(Call call, int number) throws IOException {
      var then = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(60);
      call.answer(
          429, "failed", "Retry-After: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(then));
    }
  },
  FLAPPING(Nature.SOMETIMES, 503, "") {
    @Override
    void play(Call call, int number) throws IOException {
      call.answer(number / 2 % 2 == 0 ? 503 : 200, number / 2 % 2 == 0 ? "failed" : FINE);
    }
  },
  ONE_BAD_OF_THREE(Nature.SOMETIMES, 502, "connection_terminated") {
    @Override
    void play(Call call, int number) throws IOException {
      call.request();
      call.reset();
    }

    @Override
    int good() {
      return 2;
    }
  },
  STALE_POOLED_CONNECTION(Nature.SOMETIMES, 502, "connection_terminated") {
    @Override
    void play(Call call, int number) throws IOException {
      if (call.onConnection() > 0) {
        call.close();
      } else {
        call.answer(200, FINE);
      }
    }
  };

  /** In which way it is wrong. */
  enum Nature {
    /** No answer: the gateway makes one. */
    FAILS,
    /** An answer that is passed on, of a status that speaks of trouble. */
    ANSWERS,
    /** A good head and half a body. */
    CUTS,
    /** Slow but sound. */
    WORKS,
    /** Some requests fare well. */
    SOMETIMES
  }

  static final String FINE = "fine";
  private static final long LONG = 20_000;

  final Nature nature;
  final int status;
  final String error;

  Fault(Nature nature, int status, String error) {
    this.nature = nature;
    this.status = status;
    this.error = error;
  }

  /** What happens to the request with this number, counted from 0. */
  void play(Call call, int number) throws IOException {
    throw new AssertionError(this + " is never asked anything");
  }

  /** How many sound endpoints stand beside the bad one. */
  int good() {
    return 0;
  }

  /** Whether it takes a timeout to notice. */
  boolean slow() {
    return status == 504;
  }

  /** Whether the upstream reads requests at all. */
  boolean reachable() {
    return this != REFUSED && this != CONNECT_BLACK_HOLE;
  }

  /** Whether each attempt ends in what a breaker counts as a failure. */
  boolean alwaysFails() {
    return nature == Nature.FAILS || this == UNAVAILABLE;
  }

  /** Asserts that an answer is what one attempt leads to. */
  void assertBase(Caller.Answer answer) {
    switch (nature) {
      case FAILS -> assertFailed(answer);
      case ANSWERS -> assertPassedOn(answer);
      case CUTS -> {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.complete()).as("%s is complete", answer).isFalse();
        assertThat(FINE).as("%s", answer).startsWith(answer.text());
      }
      case WORKS -> assertFine(answer);
      case SOMETIMES -> {
        if (answer.status() == 200) {
          assertFine(answer);
        } else if (error.isEmpty()) {
          assertPassedOn(answer);
        } else {
          assertFailed(answer);
        }
      }
    }
  }

  private void assertPassedOn(Caller.Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.text()).as("%s", answer).isEqualTo("failed");
    assertThat(answer.proxyStatus()).as("%s", answer).doesNotContain("error=");
    if (status == 429) {
      assertThat(answer.field("retry-after")).as("%s", answer).isPresent();
    }
  }

  private void assertFailed(Caller.Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.proxyStatus()).as("%s", answer).contains("error=" + error);
    assertThat(answer.field("content-type")).as("%s", answer).contains("application/problem+json");
  }

  static void assertFine(Caller.Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    assertThat(answer.complete()).as("%s is complete", answer).isTrue();
    assertThat(answer.text()).as("%s", answer).isEqualTo(FINE);
  }

  /** Brings it about. */
  Origin open() {
    return new Origin(this);
  }

  /** Endpoints with a fault. */
  static final class Origin implements AutoCloseable {
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<ScriptedUpstream> upstreams = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();

    private Origin(Fault fault) {
      var number = new AtomicInteger();
      try {
        switch (fault) {
          case REFUSED -> urls.add(closedPort());
          case CONNECT_BLACK_HOLE -> urls.add(blackHole());
          default -> listen(ScriptedUpstream.start(c -> fault.play(c, number.getAndIncrement())));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (int i = 0; i < fault.good(); i++) {
        listen(ScriptedUpstream.saying(FINE));
      }
    }

    private void listen(ScriptedUpstream upstream) {
      upstreams.add(upstream);
      resources.add(upstream);
      urls.add(upstream.url());
    }

    /** Bound, so that nobody else gets it, but not listening. */
    private String closedPort() throws IOException {
      var socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      resources.add(socket);
      return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** Once as many connections wait to be accepted as may, the kernel answers no handshake. */
    private String blackHole() throws IOException {
      var server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      resources.add(server);
      for (int i = 0; i < 4; i++) {
        var socket = new Socket();
        resources.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), 50);
        } catch (java.net.SocketTimeoutException full) {
          break;
        }
      }
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** As they stand in the file. */
    String endpoints() {
      return String.join(", ", urls);
    }

    /** What the bad endpoint saw of the request. */
    int badCalls(String id) {
      return upstreams.isEmpty() ? 0 : upstreams.get(0).calls(id).size();
    }

    /** What all endpoints saw of the request. */
    int calls(String id) {
      return upstreams.stream().mapToInt(upstream -> upstream.calls(id).size()).sum();
    }

    int calls() {
      return upstreams.stream().mapToInt(upstream -> upstream.calls().size()).sum();
    }

    int mostUnanswered() {
      return upstreams.stream().mapToInt(ScriptedUpstream::mostUnanswered).max().orElse(0);
    }

    @Override
    public void close() throws IOException {
      for (AutoCloseable resource : resources) {
        try {
          resource.close();
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    }
  }
}
