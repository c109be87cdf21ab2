package io.tidegate.gateway.exchange;

import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.security.Forwarding;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One request from its arrival to its last byte. Mutable, and touched only on one event loop: that
 * of its client's connection, or where the gateway itself began it.
 */
public final class Exchange implements RequestFacts {
  /** What the request looks like to everybody behind the edge; made once per request. */
  public record Head(
      HttpMethod method,
      String scheme,
      String host,
      String path,
      String query,
      MultiMap headers,
      Forwarding forwarding) {
    /** Address of the client, after trusted proxies were believed. */
    public String clientIp() {
      return forwarding.clientIp();
    }

    /** Host and port that the client asked for, after trusted proxies were believed. */
    public String clientHost() {
      return forwarding.host();
    }

    /** Path and query as they are forwarded when nothing is rewritten. */
    public String target() {
      return query == null ? path : path + '?' + query;
    }
  }

  /** What passes between a request's arrival and its call when nothing holds it up. */
  private static final long WAITED_MILLIS = 5;

  private final Caller caller;
  private final String id;
  private final long startNanos;
  private final long startMillis;
  private final Journal journal = new Journal();
  private final List<Cancellable> underWay = new ArrayList<>(2);
  private Head head;
  private Match.Found<?> match;
  private ServerSpan span;
  private RequestBody body = RequestBody.none();
  private boolean upgrade;
  private boolean expectsContinue;
  private boolean again;
  private long deadlineNanos = Long.MAX_VALUE;
  private long totalMillis;
  private long idleMillis = 30_000;
  private boolean cancelled;
  private Object lastEndpoint;
  private MultiMap responseFields;
  private Map<Object, AtomicInteger> shares;
  private String cacheStatus;

  public Exchange(Caller caller, String id) {
    this(caller, id, System.nanoTime(), System.currentTimeMillis());
  }

  private Exchange(Caller caller, String id, long startNanos, long startMillis) {
    this.caller = caller;
    this.id = id;
    this.startNanos = startNanos;
    this.startMillis = startMillis;
  }

  /**
   * The same request for an attempt beside others: what it does is cancelled and journalled apart.
   * Ends with this one.
   */
  public Exchange fork() {
    Exchange fork = copy(caller);
    fork.head = head;
    fork.body = body;
    begin(fork::cancel);
    return fork;
  }

  /**
   * A request of the gateway's own on this one's behalf, with this one's route, span and deadline:
   * it goes on when this one's client leaves, and ends when its maker cancels it.
   *
   * @param asked what is asked in place of this one's head
   * @param heard whether this one's client, as long as it is there, gets what comes before the
   *     answer
   */
  public Exchange detach(Head asked, boolean heard) {
    Exchange own = copy(heard ? new Overhearing(this) : Caller.NONE);
    own.head = asked;
    return own;
  }

  private Exchange copy(Caller asking) {
    var copy = new Exchange(asking, id, startNanos, startMillis);
    copy.match = match;
    copy.span = span;
    copy.shares = shares;
    copy.deadlineNanos = deadlineNanos;
    copy.totalMillis = totalMillis;
    copy.idleMillis = idleMillis;
    return copy;
  }

  /** A fork's reply is this request's answer. */
  public void adopt(Exchange fork) {
    journal.adopt(fork.journal);
  }

  /** Fields that any answer to this request gets, as of a rate limit; null when there are none. */
  public MultiMap responseFields() {
    return responseFields;
  }

  public void addResponseField(CharSequence name, String value) {
    if (responseFields == null) {
      responseFields = MultiMap.caseInsensitiveMultiMap();
    }
    responseFields.add(name, value);
  }

  /** What the cache did, as Cache-Status tells it (RFC 9211); null when none was asked. */
  public String cacheStatus() {
    return cacheStatus;
  }

  public void cacheStatus(String members) {
    cacheStatus = members;
  }

  /** The endpoint that was called last, or null. */
  public Object lastEndpoint() {
    return lastEndpoint;
  }

  public void lastEndpoint(Object endpoint) {
    lastEndpoint = endpoint;
  }

  /** Counts what the client's connection holds of each limit; without it, it holds one at most. */
  public void shares(Map<Object, AtomicInteger> held) {
    shares = held;
  }

  /** How many places of {@code limit} the client's connection holds; null: nobody counts. */
  public AtomicInteger share(Object limit) {
    return shares == null ? null : shares.computeIfAbsent(limit, first -> new AtomicInteger());
  }

  /** Names the route that was matched. */
  public void routed(Match.Found<?> found) {
    match = found;
  }

  public void span(ServerSpan value) {
    span = value;
  }

  public void head(Head value) {
    head = value;
  }

  public void body(RequestBody value) {
    body = value;
  }

  public void upgrade(boolean value) {
    upgrade = value;
  }

  public void expectsContinue(boolean value) {
    expectsContinue = value;
  }

  /** Says that the upstream was asked for this before, as by an earlier run of a job. */
  public void again(boolean value) {
    again = value;
  }

  /** Sets when the response's head must be there, and how long a body may stand still. */
  public void limits(long totalMillis, long idle) {
    this.totalMillis = totalMillis;
    deadlineNanos = startNanos + totalMillis * 1_000_000;
    idleMillis = idle;
  }

  /** The whole request is in only now: an upload may take as long as it flows. */
  public void restartDeadline() {
    if (deadlineNanos != Long.MAX_VALUE) {
      deadlineNanos = System.nanoTime() + totalMillis * 1_000_000;
    }
  }

  /** Registers work that must end when the client leaves; runs at once when it has left. */
  public void begin(Cancellable work) {
    if (cancelled) {
      work.cancel();
    } else {
      underWay.add(work);
    }
  }

  public void end(Cancellable work) {
    underWay.remove(work);
  }

  /** The client has left: ends all work under way. */
  public void cancel() {
    if (cancelled) {
      return;
    }
    cancelled = true;
    for (Cancellable work : List.copyOf(underWay)) {
      work.cancel();
    }
    underWay.clear();
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /** Who asked; {@link Client#NONE} when the gateway itself did. */
  public Caller caller() {
    return caller;
  }

  public String id() {
    return id;
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  public Journal journal() {
    return journal;
  }

  public Head head() {
    return head;
  }

  /** The route taken, or null. */
  public Match.Found<?> match() {
    return match;
  }

  /** The gateway's span of this request. */
  public ServerSpan span() {
    return span;
  }

  public RequestBody body() {
    return body;
  }

  /** Whether this is a WebSocket handshake. */
  public boolean isUpgrade() {
    return upgrade;
  }

  public boolean expectsContinue() {
    return expectsContinue;
  }

  /** Whether the upstream was asked for this before: each of its calls is an extra one. */
  public boolean isAgain() {
    return again;
  }

  /** Tells the client to send its body, when it asked to be told (RFC 9110 §10.1.1); once. */
  public void writeContinue() {
    if (expectsContinue) {
      forwardContinue();
    }
  }

  /** Passes on a 100 that nobody here asked for (RFC 9110 §15.2). */
  public void forwardContinue() {
    expectsContinue = false;
    if (takesInterim()) {
      caller.writeContinue();
    }
  }

  /** Passes on a 103 (RFC 8297), without what concerns the upstream's connection only. */
  public void forwardEarlyHints(MultiMap hints) {
    if (takesInterim()) {
      MultiMap copy = MultiMap.caseInsensitiveMultiMap();
      // HTTP/2 knows small letters only.
      hints.forEach((name, value) -> copy.add(name.toLowerCase(Locale.ROOT), value));
      Hop.strip(copy);
      copy.remove(HttpHeaders.CONTENT_LENGTH);
      caller.writeEarlyHints(copy);
    }
  }

  boolean takesInterim() {
    return !cancelled && caller.takesInterim();
  }

  /** Milliseconds until the response's head must be there; 0 or less: too late. */
  public long remainingMillis() {
    return deadlineNanos == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : (deadlineNanos - System.nanoTime()) / 1_000_000;
  }

  /**
   * Whether what is left of the time is less than {@code usualMillis}, in which it would usually be
   * answered. Whoever gives less than that from the start knows more than what is usual.
   */
  public boolean isTooLateFor(long usualMillis) {
    return isTooLateFor(usualMillis, 0);
  }

  /** The same when {@code waitMillis} go by before. */
  public boolean isTooLateFor(long usualMillis, long waitMillis) {
    return usualMillis < totalMillis && remainingMillis() - waitMillis < usualMillis;
  }

  /** Whether any of the request's time has been spent on waiting. */
  public boolean hasWaited() {
    return totalMillis - remainingMillis() > WAITED_MILLIS;
  }

  public long idleMillis() {
    return idleMillis;
  }

  @Override
  public long startMillis() {
    return startMillis;
  }

  @Override
  public String requestId() {
    return id;
  }

  @Override
  public TraceContext trace() {
    return span == null ? null : span.context();
  }

  @Override
  public String client() {
    return head == null ? null : head.clientIp();
  }

  @Override
  public String method() {
    return (head == null ? caller.method() : head.method()).name();
  }

  @Override
  public String host() {
    return head == null ? null : head.host();
  }

  @Override
  public String scheme() {
    return head == null ? "http" : head.scheme();
  }

  @Override
  public String path() {
    return head == null ? caller.path() : head.path();
  }

  @Override
  public String route() {
    return match == null ? null : match.route().id();
  }

  @Override
  public String template() {
    return match == null ? null : match.route().match().path();
  }

  @Override
  public String protocol() {
    HttpVersion version = caller.version();
    if (version == HttpVersion.HTTP_2) {
      return "HTTP/2";
    }
    return version == HttpVersion.HTTP_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  }

  @Override
  public int status() {
    return journal.status();
  }

  @Override
  public Source source() {
    return journal.source();
  }

  @Override
  public String failure() {
    return journal.failure() == null ? null : journal.failure().reason();
  }

  @Override
  public String firstCause() {
    Failure first = journal.firstCause();
    return first == null || first == journal.failure() ? null : first.reason();
  }

  @Override
  public int attempts() {
    return journal.attempts();
  }

  @Override
  public String upstream() {
    return journal.upstream();
  }

  @Override
  public String endpoint() {
    return journal.endpoint();
  }

  @Override
  public long totalNanos() {
    return journal.endNanos() - startNanos;
  }

  @Override
  public long upstreamNanos() {
    return journal.upstreamNanos();
  }

  @Override
  public long queueNanos() {
    return journal.queuedNanos();
  }

  @Override
  public long bytesIn() {
    return body.received();
  }

  @Override
  public long bytesOut() {
    return journal.bytesOut();
  }

  @Override
  public String job() {
    return journal.job();
  }

  @Override
  public String leftDuring() {
    return journal.left() == null ? null : journal.left().label();
  }

  @Override
  public String retrySkipped() {
    return journal.retrySkipped();
  }

  @Override
  public boolean faultInjected() {
    return journal.isFaultInjected();
  }
}
