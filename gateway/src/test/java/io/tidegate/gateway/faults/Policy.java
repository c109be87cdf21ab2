package io.tidegate.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.faults.Fault.Nature;
import java.util.List;

/** What a route or its upstream is asked to do, and what then must be seen on both sides. */
enum Policy {
  NONE {
    @Override
    void check(Cell cell) {
      cell.answers.forEach(cell::assertOnce);
    }
  },
  RETRY {
    @Override
    String route(Fault fault) {
      return retry(3, "share: 100%, min: 1000/s");
    }

    @Override
    void check(Cell cell) {
      Fault fault = cell.fault;
      boolean again = fault.alwaysFails();
      for (Caller.Answer get : cell.gets()) {
        if (fault.nature == Nature.SOMETIMES) {
          Fault.assertFine(get);
          assertThat(cell.origin.badCalls(get.id())).as("%s", get).isLessThanOrEqualTo(3);
        } else {
          fault.assertBase(get);
          cell.assertCalls(get, again ? 3 : 1);
        }
      }
      for (Caller.Answer post : cell.posts()) {
        fault.assertBase(post);
        assertThat(cell.origin.calls(post.id())).as("%s", post).isLessThanOrEqualTo(1);
      }
      if (!fault.reachable()) {
        // Nothing was sent: whatever the method, a further attempt does nothing twice.
        assertThat(cell.metric("tidegate_retries_total")).isEqualTo(2.0 * cell.answers.size());
      }
    }
  },
  RETRY_WITHIN_BUDGET {
    @Override
    String route(Fault fault) {
      return retry(3, "share: 20%, min: 0.1/s");
    }

    @Override
    void check(Cell cell) {
      cell.answers.forEach(cell.fault::assertBase);
      int extra = (int) (0.2 * cell.answers.size() + 1);
      assertThat(cell.metric("tidegate_retries_total")).isLessThanOrEqualTo(extra);
      if (cell.fault.alwaysFails()) {
        assertThat(cell.metric("tidegate_retry_skipped_total", "reason=\"budget\"")).isPositive();
      }
    }
  },
  BREAKER {
    @Override
    String upstream() {
      return "breaker: {failures: 3, reset: 1m}, ";
    }

    @Override
    boolean inTurn() {
      return true;
    }

    @Override
    void check(Cell cell) {
      if (!cell.fault.alwaysFails()) {
        cell.answers.forEach(cell.fault::assertBase);
        assertThat(cell.gateway.breakerChanges()).isEmpty();
        return;
      }
      cell.answers.subList(0, 3).forEach(cell.fault::assertBase);
      for (Caller.Answer answer : cell.answers.subList(3, cell.answers.size())) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.proxyStatus()).contains("error=destination_unavailable");
        assertThat(Integer.parseInt(answer.field("retry-after").orElseThrow())).isBetween(1, 66);
        cell.assertCalls(answer, 0);
      }
      assertThat(cell.gateway.breakerChanges())
          .containsExactly("origin CLOSED>OPEN CONSECUTIVE_FAILURES");
    }
  },
  BULKHEAD {
    @Override
    String upstream() {
      return "concurrency: {limit: 2, queue: 16, wait: 15s}, ";
    }

    @Override
    boolean atOnce() {
      return true;
    }

    @Override
    void check(Cell cell) {
      if (!cell.fault.slow()) {
        cell.answers.forEach(cell::assertOnce);
        assertThat(cell.origin.mostUnanswered()).isLessThanOrEqualTo(2);
        return;
      }
      // Two are given up in their time; meanwhile that of the others goes by in the queue.
      List<Caller.Answer> queued =
          cell.answers.stream()
              .filter(a -> a.proxyStatus().contains("connection_limit_reached"))
              .toList();
      for (Caller.Answer answer : cell.answers) {
        if (queued.contains(answer)) {
          assertThat(answer.status()).as("%s", answer).isEqualTo(503);
          cell.assertCalls(answer, 0);
        } else {
          cell.fault.assertBase(answer);
        }
      }
      assertThat(queued).hasSizeLessThanOrEqualTo(cell.answers.size() - 2);
    }
  },
  HEDGE {
    @Override
    String route(Fault fault) {
      return "hedge: {after: 80ms}, " + retry(1, "share: 100%, min: 1000/s");
    }

    @Override
    void check(Cell cell) {
      cell.answers.forEach(cell.fault::assertBase);
      for (Caller.Answer get : cell.gets()) {
        if (cell.fault.slow()) {
          cell.assertCalls(get, 2);
        } else {
          // Two, should this machine have been so slow; and a replay for a stale connection.
          assertThat(cell.origin.calls(get.id())).as("%s", get).isLessThanOrEqualTo(3);
        }
      }
      cell.posts().forEach(post -> cell.assertCalls(post, 1));
    }
  },
  FALLBACK_STATIC {
    @Override
    String route(Fault fault) {
      return "fallback: [{status: 503, body: instead}], fallback-on: [" + ALL + "], ";
    }

    @Override
    void check(Cell cell) {
      for (Caller.Answer answer : cell.answers) {
        if (answer.text().equals("instead")) {
          assertThat(answer.status()).as("%s", answer).isEqualTo(503);
          assertThat(answer.proxyStatus())
              .contains("fallback static")
              .contains(
                  "error="
                      + (cell.fault.error.isEmpty() ? "http_protocol_error" : cell.fault.error));
          assertThat(cell.fault.nature).isNotIn(Nature.CUTS, Nature.WORKS);
        } else {
          cell.fault.assertBase(answer);
          assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        }
      }
    }
  },
  FALLBACK_UPSTREAM {
    @Override
    String route(Fault fault) {
      return "fallback: [{upstream: other}], fallback-on: [" + ALL + "], ";
    }

    @Override
    void check(Cell cell) {
      for (Caller.Answer answer : cell.answers) {
        boolean may = answer.method().equals("GET") || !cell.fault.reachable();
        int other = cell.other.calls(answer.id()).size();
        if (may && (cell.fault.alwaysFails() || cell.fault.nature == Nature.ANSWERS)) {
          assertThat(answer.text()).as("%s", answer).isEqualTo(Cell.OTHER);
          assertThat(answer.proxyStatus()).contains("fallback upstream");
          assertThat(other).isEqualTo(1);
        } else if (other == 0) {
          cell.fault.assertBase(answer);
        } else {
          assertThat(may).as("%s was sent twice", answer).isTrue();
          assertThat(answer.text()).isEqualTo(Cell.OTHER);
        }
      }
    }
  },
  TIMEOUT {
    @Override
    String timeout(Fault fault) {
      return fault.slow() ? "{total: 2s, attempt: 800ms}" : super.timeout(fault);
    }

    @Override
    String route(Fault fault) {
      return fault.slow() ? retry(9, "share: 100%, min: 1000/s") : "";
    }

    @Override
    void check(Cell cell) {
      if (!cell.fault.slow()) {
        cell.answers.forEach(cell.fault::assertBase);
        return;
      }
      for (Caller.Answer answer : cell.answers) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(504);
        assertThat(answer.headMillis()).as("%s", answer).isBetween(790L, 2_000 + SLACK_MILLIS);
      }
      for (Caller.Answer get : cell.gets()) {
        assertThat(cell.origin.calls(get.id())).as("%s", get).isLessThanOrEqualTo(3);
      }
    }
  },
  RATE_LIMIT {
    @Override
    String route(Fault fault) {
      return "rate-limit: {rate: 4/h, burst: 4, key: route}, ";
    }

    @Override
    void check(Cell cell) {
      List<Caller.Answer> refused =
          cell.answers.stream()
              .filter(a -> a.proxyStatus().contains("http_request_denied"))
              .toList();
      assertThat(refused).hasSize(cell.answers.size() - 4);
      for (Caller.Answer answer : refused) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.field("ratelimit").orElseThrow()).startsWith("\"all\";r=0;t=");
        assertThat(Integer.parseInt(answer.field("retry-after").orElseThrow())).isBetween(1, 900);
        cell.assertCalls(answer, 0);
      }
      for (Caller.Answer answer : cell.answers) {
        assertThat(answer.field("ratelimit-policy")).contains("\"all\";q=4;w=3600");
        if (!refused.contains(answer)) {
          cell.assertOnce(answer);
        }
      }
    }
  },
  FAULT_INJECTION {
    @Override
    String route(Fault fault) {
      return "fault: {abort: {status: 503, share: 100%}}, ";
    }

    @Override
    void check(Cell cell) {
      for (Caller.Answer answer : cell.answers) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.proxyStatus()).contains("proxy_internal_response");
      }
      assertThat(cell.origin.calls()).isZero();
      assertThat(cell.metric("tidegate_faults_injected_total")).isEqualTo(cell.answers.size());
    }
  },
  ADAPTIVE {
    @Override
    String upstream() {
      return "concurrency: {limit: 8, adaptive: {min: 2, max: 50}}, ";
    }

    @Override
    void check(Cell cell) {
      cell.answers.forEach(cell::assertOnce);
      assertThat(cell.gateway.upstream("origin").bulkhead().limit()).isBetween(2, 50);
    }
  },
  MIRROR {
    @Override
    String route(Fault fault) {
      return "mirror: {upstream: other, share: 100%}, ";
    }

    @Override
    void check(Cell cell) {
      cell.answers.forEach(cell::assertOnce);
      for (Caller.Answer answer : cell.answers) {
        GatewayFixture.await(
            "a copy of " + answer, () -> cell.other.calls(answer.id()).size() == 1);
      }
    }
  },
  SPLIT {
    @Override
    String target() {
      return "split: [{upstream: origin, weight: 1}, {upstream: other, weight: 1}]";
    }

    @Override
    void check(Cell cell) {
      for (Caller.Answer answer : cell.answers) {
        if (answer.text().equals(Cell.OTHER)) {
          assertThat(cell.other.calls(answer.id())).hasSize(1);
          cell.assertCalls(answer, 0);
        } else {
          cell.assertOnce(answer);
        }
      }
    }
  };

  /** How much later than promised an answer may be where several builds share two cores. */
  static final long SLACK_MILLIS = 8_000;

  private static final String ALL = "connect, reset, timeout, breaker, overload, 429, 5xx";

  /** What the client and the upstreams must have seen. */
  abstract void check(Cell cell);

  /** Keys of the upstream, each followed by a comma. */
  String upstream() {
    return "";
  }

  /** Keys of the route, each followed by a comma. */
  String route(Fault fault) {
    return "";
  }

  String target() {
    return "upstream: origin";
  }

  /**
   * An attempt is given up early only where that is the point, and never before a busy machine has
   * brought it to the upstream.
   */
  String timeout(Fault fault) {
    return fault.slow() ? "{total: 12s, attempt: 1500ms}" : "{total: 20s, attempt: 10s}";
  }

  /** Whether each request waits for the answer to the one before. */
  boolean inTurn() {
    return false;
  }

  /** Whether all requests come at the same time. */
  boolean atOnce() {
    return false;
  }

  private static String retry(int attempts, String budget) {
    return "retry: {attempts: "
        + attempts
        + ", 'on': [connect, reset, timeout, 429, 502, 503], "
        + "backoff: {base: 1ms, max: 5ms}, budget: {"
        + budget
        + "}}, ";
  }
}
