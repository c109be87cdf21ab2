package io.tidegate.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.faults.Fault.Nature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One fault under one policy: a few requests, and what became of them. */
final class Cell implements AutoCloseable {
  static final String OTHER = "other";
  private static final int REQUESTS = 7;

  final Fault fault;
  final Policy policy;
  final Fault.Origin origin;
  final ScriptedUpstream other;
  final GatewayFixture gateway;
  final List<Caller.Answer> answers = new ArrayList<>();

  Cell(Fault fault, Policy policy) {
    this.fault = fault;
    this.policy = policy;
    this.origin = fault.open();
    this.other = ScriptedUpstream.saying(OTHER);
    this.gateway = GatewayFixture.onOneLoop(yaml());
  }

  private String yaml() {
    String upstream = policy.upstream();
    String off =
        (upstream.contains("breaker") ? "" : "breaker: false, ")
            + (upstream.contains("concurrency") ? "" : "concurrency: false, ");
    return """
        upstreams:
          origin: {%s%s outlier: false, pool: {connect-timeout: %s}, endpoints: ['%s']}
          other: {endpoints: ['%s']}
        routes:
          - {id: all, match: {path: /**}, timeout: %s, %s %s}
        """
        .formatted(
            upstream,
            off,
            fault == Fault.CONNECT_BLACK_HOLE ? "500ms" : "10s",
            origin.endpoints().replace(", ", "', '"),
            other.url(),
            policy.timeout(fault),
            route(),
            policy.target());
  }

  private String route() {
    String keys = policy.route(fault);
    return keys.contains("retry:") ? keys : keys + "retry: false, ";
  }

  /** Four GET and three POST requests, the latter with a body and no key. */
  void run() throws Exception {
    if (policy.inTurn() || (!fault.slow() && !policy.atOnce())) {
      oneAfterTheOther();
    } else {
      // A budget allows three extra attempts at a time, however few calls there are.
      int wave = policy.atOnce() ? REQUESTS : 3;
      for (int i = 0; i < REQUESTS; i += wave) {
        sideBySide(i, Math.min(REQUESTS, i + wave));
      }
    }
    // The upstream may still be about to write down what it got.
    gateway.awaitIdle();
  }

  private void sideBySide(int from, int to) throws Exception {
    List<CompletableFuture<Caller.Answer>> all =
        IntStream.range(from, to).mapToObj(i -> Caller.async(() -> alone(i))).toList();
    for (CompletableFuture<Caller.Answer> each : all) {
      answers.add(each.get(60, TimeUnit.SECONDS));
    }
  }

  private void oneAfterTheOther() {
    Caller caller = Caller.to(gateway.port());
    for (int i = 0; i < REQUESTS; i++) {
      Caller.Answer answer = request(caller, i);
      answers.add(answer);
      if (!answer.complete() || answer.field("connection").filter("close"::equals).isPresent()) {
        caller.close();
        caller = Caller.to(gateway.port());
      }
    }
    caller.close();
  }

  private Caller.Answer alone(int i) {
    try (Caller caller = Caller.to(gateway.port())) {
      return request(caller, i);
    }
  }

  private static Caller.Answer request(Caller caller, int i) {
    return i % 2 == 0
        ? caller.get("/things")
        : caller.call("POST", "/things", "body".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  List<Caller.Answer> gets() {
    return answers.stream().filter(answer -> answer.method().equals("GET")).toList();
  }

  List<Caller.Answer> posts() {
    return answers.stream().filter(answer -> answer.method().equals("POST")).toList();
  }

  double metric(String name, String... labels) {
    return gateway.metric(name, labels);
  }

  /** Asserts how often the request was seen by endpoints that can see anything. */
  void assertCalls(Caller.Answer answer, int times) {
    if (fault.reachable()) {
      assertThat(origin.calls(answer.id())).as("calls of %s", answer).isEqualTo(times);
    }
  }

  /** Asserts what a single attempt leads to; a GET may be sent again on a fresh connection. */
  void assertOnce(Caller.Answer answer) {
    fault.assertBase(answer);
    if (fault == Fault.STALE_POOLED_CONNECTION && answer.method().equals("GET")) {
      Fault.assertFine(answer);
      assertThat(origin.calls(answer.id())).as("calls of %s", answer).isBetween(1, 2);
    } else {
      assertCalls(answer, 1);
    }
  }

  /** What holds whatever the fault and the policy. */
  void checkInvariants() {
    for (Caller.Answer answer : answers) {
      assertThat(answer.status()).as("%s", answer).isBetween(200, 599);
      assertThat(answer.complete() || fault.nature == Nature.CUTS).as("%s", answer).isTrue();
      if (answer.method().equals("POST")) {
        int copies = policy == Policy.MIRROR ? 0 : other.calls(answer.id()).size();
        assertThat(origin.calls(answer.id()) + copies)
            .as("times that %s was sent", answer)
            .isLessThanOrEqualTo(1);
      }
      long total = fault.slow() ? 12_000 : 20_000;
      assertThat(answer.headMillis()).as("%s", answer).isLessThan(total + Policy.SLACK_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    try (origin;
        other) {
      gateway.close();
    }
  }
}
