package io.tidegate.gateway.rehearsal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A client that sends at a fixed rate, whatever became of the requests before, and measures each
 * from the moment it was due (so that a stall is felt by every request that it delays). Lives on
 * the event loop that it is made on.
 */
final class LoadClient {
  /**
   * Marks each request that is measured, so that the upstreams can tell a repetition from another
   * request.
   */
  static final String ID = "rehearsal-id";

  private static final Buffer BODY = Buffer.buffer("a rehearsed write\n");
  private static final int MOST_CONNECTIONS = 4_096;

  private final Vertx vertx;
  private final HttpClient client;
  private final SampleCall call;
  private final int port;
  private final int rate;
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Set<Flight> flights = new HashSet<>();
  private final Promise<List<Outcome>> over = Promise.promise();
  private long begun;
  private long total;
  private long unmeasured;
  private long sent;
  private boolean finished;

  /**
   * @param rate requests per second
   */
  LoadClient(Vertx vertx, SampleCall call, int port, int rate) {
    this.vertx = vertx;
    this.call = call;
    this.port = port;
    this.rate = rate;
    var options = new HttpClientOptions().setConnectTimeout(2_000);
    this.client =
        vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
  }

  /**
   * Sends for as long as {@code settling} without measuring, then for as long as {@code load}, and
   * then waits for what is under way, at most {@code patience}.
   */
  Future<List<Outcome>> play(Duration settling, Duration load, Duration patience) {
    begun = System.nanoTime() + settling.toNanos();
    total = dueBy(settling.toNanos() + load.toNanos());
    unmeasured = dueBy(settling.toNanos());
    sendWhatIsDue();
    vertx.setTimer(settling.plus(load).toMillis(), now -> await(patience));
    return over.future().eventually(client::close);
  }

  /** How many are due before {@code nanos} have gone by since the first was sent. */
  private long dueBy(long nanos) {
    return (nanos * rate + 999_999_999L) / 1_000_000_000L;
  }

  /** When request {@code n} is due, since the load that is measured began. */
  private long due(long n) {
    return (n - unmeasured) * 1_000_000_000L / rate;
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private void sendWhatIsDue() {
    while (sent < total && due(sent) <= since(begun).toNanos()) {
      send(sent++);
    }
    if (sent < total) {
      long wait = due(sent) - since(begun).toNanos();
      vertx.setTimer(Math.max(1, (wait + 999_999) / 1_000_000), now -> sendWhatIsDue());
    }
  }

  private void await(Duration patience) {
    finished = true;
    long timer = vertx.setTimer(patience.toMillis(), now -> giveUp());
    over.future().onComplete(done -> vertx.cancelTimer(timer));
    finishWhenAllLanded();
  }

  private void giveUp() {
    for (Flight flight : List.copyOf(flights)) {
      flight.land(Outcome.End.UNANSWERED);
    }
  }

  private void finishWhenAllLanded() {
    if (finished && flights.isEmpty()) {
      over.tryComplete(List.copyOf(outcomes));
    }
  }

  private void send(long n) {
    var flight = new Flight(begun + due(n), n >= unmeasured);
    flights.add(flight);
    var method = HttpMethod.valueOf(call.method(n));
    var options =
        new RequestOptions()
            .setMethod(method)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(call.target());
    if (flight.measured) {
      options.putHeader(ID, Long.toString(n));
    }
    call.headers().forEach(options::putHeader);
    client
        .request(options)
        .compose(request -> flight.take(request, HttpMethod.POST.equals(method)))
        .compose(answer -> answer.body().map(answer.statusCode()))
        .onSuccess(status -> flight.land(end(status)))
        .onFailure(cut -> flight.land(Outcome.End.FAILED));
  }

  private static Outcome.End end(int status) {
    return status < 400 ? Outcome.End.SUCCEEDED : Outcome.End.FAILED;
  }

  /** A request under way. */
  private final class Flight {
    private final long due;
    private final boolean measured;
    private HttpClientRequest request;
    private boolean landed;

    Flight(long due, boolean measured) {
      this.due = due;
      this.measured = measured;
    }

    Future<HttpClientResponse> take(HttpClientRequest connected, boolean write) {
      request = connected;
      if (landed) {
        request.reset();
      }
      if (!call.host().isEmpty()) {
        request.authority(HostAndPort.create(call.host(), -1));
      }
      return write ? request.send(BODY) : request.send();
    }

    void land(Outcome.End end) {
      if (landed) {
        return;
      }
      landed = true;
      flights.remove(this);
      if (measured) {
        outcomes.add(new Outcome(Duration.ofNanos(due - begun), since(due), end));
      }
      if (end == Outcome.End.UNANSWERED && request != null) {
        request.reset();
      }
      finishWhenAllLanded();
    }
  }
}
