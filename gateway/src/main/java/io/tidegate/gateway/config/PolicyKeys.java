package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.BackoffOptions;
import io.tidegate.gateway.resilience.BudgetOptions;
import io.tidegate.gateway.resilience.Conditions.Kind;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.RouteOptions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;

/** Keys that a route and {@code defaults} share: what happens around the call. */
final class PolicyKeys {
  private static final long TIB = 1L << 40;
  private static final RetryOptions RETRY_DEFAULT = RetryOptions.DEFAULTS;
  private static final BackoffOptions BACKOFF_DEFAULT = BackoffOptions.DEFAULTS;

  private static final MapShape HEADERS =
      new MapShape(HttpShapes.EDITABLE_HEADER, HttpShapes.HEADER_VALUE, true);

  private static final Section EDITS =
      new Section("header-edits", "Edits of a header block, in this order: remove, set, add.")
          .key("set", HEADERS, "Replaces every field of the name.")
          .key("add", HEADERS, "Adds a field beside those that are there.")
          .key(
              "remove",
              ListShape.of(HttpShapes.EDITABLE_HEADER),
              "Removes every field of the name.");

  private static final Section MIRROR =
      new Section("mirror", "A copy of requests to a second upstream whose answers are dropped.")
          .required("upstream", UpstreamKeys.NAME, "Where the copies go.")
          .key("share", Shapes.SHARE, "Share of the requests.", 1.0);

  private static final Section REWRITE =
      new Section("rewrite", "How the forwarded target differs from the one that matched.")
          .key(
              "strip-prefix",
              Shapes.text("a path such as /orders", "/[!-~]+"),
              "Removed from the start of the path.")
          .key(
              "add-prefix",
              Shapes.text("a path such as /v2", "/[!-~]+"),
              "Put before the path, after stripping.")
          .key(
              "path",
              Shapes.text("a path such as /v2/{id}", "/[!-~]*"),
              "Replaces the path; {name} takes a path parameter, {path} the rest that ** matched.")
          .key(
              "host",
              Shapes.text("keep, upstream or a host name", "[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?"),
              "What the upstream sees as Host: the client's (keep), the endpoint's (upstream), or"
                  + " this name.",
              "upstream");

  private static final Section LIMITS =
      new Section("route-limits", "Limits of this route.")
          .key("body", Shapes.size(0, TIB), "Request body; default: the server's limit.");

  private static final Section TIMEOUT =
      new Section("timeout", "How long a request may take.")
          .key(
              "total",
              Shapes.time(),
              "To the head of the answer, waits and retries included.",
              TimeoutOptions.DEFAULTS.total())
          .key(
              "attempt",
              Shapes.time(),
              "One attempt, to the head of its answer; by default 10s, or total when shorter.",
              TimeoutOptions.DEFAULTS.attempt())
          .key(
              "idle",
              Shapes.time(),
              "Between two bytes of a body, either way.",
              TimeoutOptions.DEFAULTS.idle());

  private static final Section BACKOFF =
      new Section("backoff", "How long to wait before a further attempt.")
          .key(
              "base",
              Shapes.time(),
              "The first bound; doubles with each attempt.",
              BACKOFF_DEFAULT.base())
          .key("max", Shapes.time(), "The bound stops growing here.", BACKOFF_DEFAULT.max())
          .key(
              "jitter",
              Shapes.constants(BackoffOptions.Jitter.class),
              "How chance is mixed into the wait.",
              BACKOFF_DEFAULT.jitter());

  private static final Section BUDGET =
      new Section("budget", "How much extra load retries may put on an upstream.")
          .key(
              "share",
              Shapes.SHARE,
              "Retries per request: 20% allows one for every five.",
              BudgetOptions.DEFAULTS.share())
          .key(
              "min",
              Shapes.FREQUENCY,
              "Retries that are allowed whatever the traffic.",
              BudgetOptions.DEFAULTS.minPerSecond());

  private static final Section RETRY =
      new Section("retry", "When and how a failed attempt is made again.")
          .key(
              "attempts",
              Shapes.whole(1, 10),
              "Attempts in all, the first one included; 1: no retry.",
              RETRY_DEFAULT.attempts())
          .key(
              "on",
              ListShape.of(
                  HttpShapes.conditions(
                      Kind.CONNECT, Kind.RESET, Kind.TIMEOUT, Kind.REFUSED_STREAM)),
              "What is worth another attempt.",
              RETRY_DEFAULT.on())
          .key(
              "methods",
              ListShape.of(HttpShapes.METHOD),
              "Methods that are repeated although something was sent; others only with an"
                  + " Idempotency-Key, or when nothing was sent.",
              new TreeSet<>(RETRY_DEFAULT.methods()))
          .key("backoff", BACKOFF, "Waits between attempts.")
          .key(
              "retry-after",
              Shapes.FLAG,
              "Wait for the upstream's Retry-After, up to backoff.max and within timeout.total.",
              RETRY_DEFAULT.retryAfter())
          .key("budget", BUDGET, "How much extra load retries may make.")
          .key(
              "replay-buffer",
              Shapes.size(0, 1L << 30),
              "A body larger than this is streamed, and not retried once sent.",
              RETRY_DEFAULT.replayBuffer());

  private static final Section HEDGE =
      new Section("hedge", "A second call when the first is slow; idempotent methods only.")
          .key(
              "after", after(), "How slow: a duration, or p95 for the live 95th percentile.", "p95")
          .key("max", Shapes.whole(1, 3), "Extra calls at most.", 1);

  private static final Section FALLBACK =
      answer(new Section("fallback", "What to try when the call failed."))
          .key("upstream", UpstreamKeys.NAME, "The same request to another upstream.")
          .key("status", Shapes.whole(200, 599), "A fixed answer with this status.")
          .key("queue", OffloadKeys.QUEUE_NAME, "Store a write, to be forwarded later: 202.")
          .exactlyOne("upstream", "queue", "status")
          .atMostOne("upstream", "headers")
          .atMostOne("upstream", "body")
          .atMostOne("upstream", "json")
          .atMostOne("queue", "headers")
          .atMostOne("queue", "body")
          .atMostOne("queue", "json");

  private static final Section KEY_HEADER =
      new Section("rate-limit-key", "A bucket for each value of a request header.")
          .required("header", HttpShapes.TOKEN_NAME, "Requests without it share one bucket.");

  private static final Section RATE_LIMIT =
      new Section("rate-limit", "A token bucket; 429 when it is empty.")
          .required("rate", Shapes.RATE, "Requests per time.")
          .key(
              "burst",
              Shapes.whole(1, 1_000_000_000),
              "Requests at once; default: the rate's number.")
          .key(
              "key",
              new EitherShape(Shapes.words("ip", "route"), KEY_HEADER),
              "Whose bucket: each client address (ip), all of the route, or {header: NAME}.",
              "ip")
          .key(
              "scope",
              new NotYetShape(
                  "cluster", Shapes.choice(Map.of("node", RateLimitOptions.Scope.NODE))),
              "How far a bucket reaches; cluster is not yet supported.",
              RateLimitOptions.Scope.NODE);

  private static final ScalarShape SOME = Shapes.share(0.0000001);

  private static final Section FAULT =
      new Section("fault", "Faults made on purpose, next to the call, for drills.")
          .key(
              "delay",
              new Section("fault-delay", "Waits before the call.")
                  .required("time", Shapes.time(), "How long.")
                  .required("share", SOME, "Of the requests."),
              "Waits before the call.")
          .key(
              "abort",
              new Section("fault-abort", "Answers instead of calling.")
                  .required("status", Shapes.whole(400, 599), "The answer.")
                  .required("share", SOME, "Of the requests."),
              "Answers instead of calling.")
          .key(
              "reset",
              new Section("fault-reset", "As if the upstream had reset the connection.")
                  .required("share", SOME, "Of the requests."),
              "As if the upstream had reset the connection.")
          .key(
              "only-with",
              new MapShape(HttpShapes.TOKEN_NAME, HttpShapes.HEADER_VALUE, true),
              "Request headers that must be there, name to exact value; default: all requests.");

  static final Section DEFAULTS =
      new Section("defaults", "Merged under every route: a route's own key wins.")
          .key("mirror", new SwitchShape(MIRROR), "Copies requests to a second upstream.")
          .key("rewrite", REWRITE, "How the forwarded target differs.")
          .key("request", EDITS, "Edits of the forwarded request's headers.")
          .key("response", EDITS, "Edits of the answer's headers.")
          .key("limits", LIMITS, "Limits of this route.")
          .key("timeout", TIMEOUT, "How long a request may take.")
          .key("retry", new SwitchShape(RETRY), "Repeats failed attempts; false: one attempt only.")
          .key("hedge", new SwitchShape(HEDGE), "A second call when the first is slow.")
          .key(
              "fallback",
              new SwitchShape(
                  ListShape.of(new EitherShape(Shapes.words("stale"), FALLBACK)).atLeastOne()),
              "Tried in order when the call fails or the breaker is open; stale gives what is"
                  + " remembered, as old as cache.stale-if-error allows.")
          .key(
              "fallback-on",
              ListShape.of(HttpShapes.conditions(Kind.values())).atLeastOne(),
              "Which failures the fallback is for.",
              RouteOptions.FALLBACK_ON)
          .key("rate-limit", new SwitchShape(RATE_LIMIT), "How often clients may call.")
          .key("fault", new SwitchShape(FAULT), "Faults made on purpose.")
          .key(
              "priority",
              Shapes.constants(RouteOptions.Priority.class),
              "Lower ones are shed first when an upstream is overloaded.",
              RouteOptions.Priority.NORMAL)
          .key("cache", new SwitchShape(CacheKeys.CACHE), "Remembers answers; by default none.")
          .key("async", new SwitchShape(OffloadKeys.ASYNC), "Makes jobs of requests.")
          .notYet("auth", "cors");

  private PolicyKeys() {}

  /** The keys of an answer that is made here. */
  static Section answer(Section section) {
    return section
        .key("headers", HEADERS, "Headers of the answer.")
        .key("body", Shapes.text("text"), "Text of the answer.")
        .key("json", new JsonShape(), "The answer as JSON.")
        .atMostOne("body", "json");
  }

  /** The keys of a body that is written here. */
  static Section body(Section section) {
    return section
        .key("body", Shapes.text("text"), "Text of the body.")
        .key("json", new JsonShape(), "The body as JSON.")
        .atMostOne("body", "json");
  }

  private static ScalarShape after() {
    ScalarShape time = Shapes.time();
    return Shapes.parsed(
        "p95, or " + time.expected(),
        "p95|" + Units.DURATION,
        text -> {
          if (text.equals("p95")) {
            return Duration.ZERO;
          }
          return Units.duration(text)
              .filter(d -> !d.isZero() && d.compareTo(Duration.ofHours(24)) <= 0)
              .orElseThrow(() -> new Unfit("p95, or " + time.expected()));
        });
  }
}
