package io.tidegate.gateway.e2e;

/**
 * The gateway of those who kill it: queues of several kinds, and an upstream that writes down what
 * it is asked.
 */
final class JobsConfig {
  /** Where jobs are asked for that are forgotten soon after their end. */
  static final String BRIEF = "/brief/";

  /** The target of the job that comes once a minute. */
  static final String TICK = "/clock/tick/0";

  private static final String SCHEDULE =
      "schedule: [{name: tick, cron: '* * * * *', request: {path: " + TICK + "}}]";

  private JobsConfig() {}

  /** All but the stores. */
  static String of(String upstream, String life, int concurrency) {
    return of(upstream, life, concurrency, "concurrency: 1");
  }

  /** With a job that comes once a minute. */
  static String ticking(String upstream, String life, int concurrency) {
    return of(upstream, life, concurrency, SCHEDULE);
  }

  private static String of(String upstream, String life, int concurrency, String clock) {
    return """
        upstreams:
          origin:
            endpoints: ['%1$s']
            outlier: false
            breaker: false
            pool: {connections: 128}
            concurrency: {limit: 128}
        queues:
          work:
            concurrency: %3$d
            retry: {attempts: 3, backoff: {base: 50ms, max: 100ms}}
            keep: 10000000
          callbacks: {keep: 10000000}
          brief:
            concurrency: 4
            retry: {attempts: 3, backoff: {base: 50ms, max: 100ms}}
            result-ttl: 1s
            dead-ttl: 1s
          clock: {%4$s}
        jobs:
          grace: 5s
          lease: 5s
          callbacks: {http: true, networks: [127.0.0.0/8]}
        routes:
          - id: work
            match: {path: /tasks/**}
            upstream: origin
            %2$s
            async: {queue: work, when: always, callback: true}
          - id: brief
            match: {path: /brief/**}
            upstream: origin
            %2$s
            async: {queue: brief, when: always}
          - id: clock
            match: {path: /clock/**}
            upstream: origin
            %2$s
            async: {queue: clock, when: always}
        telemetry: {logs: {access: false}}
        """
        .formatted(upstream, Lives.mark(life), concurrency, clock);
  }
}
