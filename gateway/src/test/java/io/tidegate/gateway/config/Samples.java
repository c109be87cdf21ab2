package io.tidegate.gateway.config;

import io.tidegate.gateway.GatewayOptions;
import java.nio.file.Path;
import java.util.Map;

/** Files for tests. */
final class Samples {
  static final String SMALL =
      """
      upstreams:
        orders:
          endpoints: [http://127.0.0.1:9001]
      routes:
        - match: {path: /orders/**}
          upstream: orders
      """;

  /** Every key once, with a value that is not its default. */
  static final String FULL =
      """
      server:
        host: 127.0.0.1
        port: 0
        http2: false
        proxy-protocol: true
        trusted-proxies: [127.0.0.0/8, 10.1.2.3/32]
        limits:
          request-line: 4KiB
          headers: 16KiB
          header-count: 50
          body: 1MiB
          header-timeout: 5s
          idle-timeout: 90s
          connections: 500
        drain-delay: 2s
        drain: 1m
      admin:
        host: 127.0.0.1
        port: 9191
        token: not-to-be-shown
      upstreams:
        orders:
          endpoints:
            - https://127.0.0.1:9001
            - {url: https://127.0.0.1:9002, weight: 2, zone: b}
          balance: {hash: {header: X-User}}
          http2: true
          tls: {verify-host: false, server-name: orders.internal}
          pool: {connections: 8, waiting: 4, wait: 2s, connect-timeout: 500ms, idle: 10s, max-life: 5m}
          health: {path: "/healthz?full=1", interval: 2s, timeout: 1500ms, healthy: 1, unhealthy: 2, expect: [200, 204-206]}
          outlier: {failures: 3, eject: 5s, max-eject: 1m, max-ejected: 30%}
          breaker:
            failures: 5
            failure-rate: 40%
            slow-call: 2s
            slow-rate: 70%
            window: 30s
            min-calls: 10
            reset: 10s
            reset-max: 1m
            probes: 2
          concurrency: {limit: 100, queue: 10, wait: 50ms, adaptive: {min: 4, max: 200}}
        canary:
          endpoints: [http://127.0.0.1:9003]
          balance: {hash: path}
          outlier: false
          breaker: false
          concurrency: false
        shadow: {endpoints: ["http://[::1]:9004"], balance: least-requests}
      defaults:
        timeout: {total: 20s, attempt: 3s}
        priority: low
      routes:
        - id: orders
          match:
            host: [api.example.com, "*.example.org"]
            path: /orders/{id}/**
            methods: [GET, POST]
            headers: {X-Beta: "1"}
            query: {debug: "*"}
          split: [{upstream: orders, weight: 95}, {upstream: canary, weight: 5}]
          mirror: {upstream: shadow, share: 10%}
          rewrite: {path: "/v2/{id}/{path}", host: keep}
          request: {set: {X-A: b}, add: {X-B: c}, remove: [X-Debug]}
          response: {set: {X-C: d}, add: {X-D: e}, remove: [Server]}
          limits: {body: 50MiB}
          timeout: {total: 10s, attempt: 2s, idle: 40s}
          retry:
            attempts: 3
            on: [connect, reset, timeout, refused-stream, 429, 5xx]
            methods: [GET, PUT]
            backoff: {base: 50ms, max: 1s, jitter: equal}
            retry-after: false
            budget: {share: 10%, min: 0.5/s}
            replay-buffer: 32KiB
          hedge: {after: 200ms, max: 2}
          fallback:
            - {upstream: shadow}
            - stale
            - {status: 503, headers: {Retry-After: "5"}, json: {status: unavailable, tries: [1, 2.5, true, null]}}
          fallback-on: [connect, reset, timeout, refused-stream, breaker, overload, 500-503]
          rate-limit: {rate: 600/m, burst: 200, key: {header: X-Caller}, scope: node}
          fault: {delay: {time: 2s, share: 10%}, abort: {status: 503, share: 5%}, reset: {share: 1%}, only-with: {X-Fault: "1"}}
          priority: critical
          cache:
            ttl: 60s
            stale-while-revalidate: 30s
            stale-if-error: 10m
            max-object: 512KiB
            vary: [accept]
            key: {query: [page]}
            methods: [GET]
            statuses: [200, 301, 404-406]
            tags: [orders]
            coalesce: false
            authorized: true
          async: {queue: reports, when: always, callback: true, max-wait: 5s, keep: [X-Report], batch: /orders/all/batch}
        - match: {path: /hi}
          respond: {status: 201, headers: {X-A: "1"}, body: hello}
        - match: {path: /old/**}
          redirect: {to: "https://example.org/{path}", status: 301}
        - match: {path: /stripped/**}
          upstream: orders
          cache: {key: {ignore: [utm_*]}}
          rewrite: {strip-prefix: /stripped, add-prefix: /v1}
          retry: false
          rate-limit: {rate: 5/s, key: route}
      telemetry:
        service: gate
        logs: {format: text, level: debug, access: false, sample: 12.5%}
        traces: {exporter: otlp, endpoint: "http://127.0.0.1:4318", sample: 100%, propagate: [tracecontext]}
        metrics: {prometheus: false, otlp: "http://127.0.0.1:4318", buckets: [10ms, 2.5s], exemplars: false}
      stores:
        redis:
          url: [redis://127.0.0.1:6379/1, "rediss://[::1]:6380"]
          user: gate
          password: hidden-as-well
          tls: true
          mode: sentinel
          master: main
          pool: 4
          timeout: 250ms
        cache: {memory: 64MiB, redis: true, timeout: 20ms}
        jobs:
          {engine: embedded, path: data/other, disk-floor: 64MiB, timeout: 3s, durability: fsync, prefix: other}
      queues:
        reports:
          concurrency: 8
          rate: 50/m
          timeout: 30s
          deadline: 12h
          aging: 30s
          retry: {attempts: 5, backoff: {base: 1s, max: 5m, jitter: full}}
          max-depth: 500
          max-bytes: 64MiB
          max-body: 256KiB
          result-ttl: 1h
          dead-ttl: 7d
          keep: 1000
          keep-bytes: 32MiB
          batch: {size: 10, wait: 100ms}
          schedule:
            - name: nightly
              cron: 0 3 * * *
              zone: Europe/Berlin
              misfire: 3
              overlap: skip
              request: {method: POST, path: /stripped/x?full=1, host: a.test, headers: {X-A: b}, json: {all: true}}
        work: {handler: resize, batch: {size: 10, wait: 100ms}}
      jobs:
        prefix: /own/jobs
        scope: {header: X-Tenant}
        listing: none
        subscribers: 10
        max-result: 64KiB
        lease: 10s
        grace: 5s
        callbacks:
          hosts: [hooks.example.com, "*.example.org"]
          http: true
          networks: [10.0.0.0/8]
          secrets: [whsec_bm90LXRvLWJlLXNob3duLWF0LWFsbC1ldmVy]
          timeout: 5s
      demo: true
      """;

  private Samples() {}

  static ConfigReport parse(String text) {
    return parse(text, Map.of());
  }

  static ConfigReport parse(String text, Map<String, String> environment) {
    return ConfigFile.parse("x.yaml", text, environment, Path.of("."));
  }

  static GatewayOptions options(String text) {
    ConfigReport report = parse(text);
    return report.options().orElseThrow(() -> new AssertionError(report.problems()));
  }
}
