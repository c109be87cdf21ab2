package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Takes the answer to a job in, up to a limit. */
final class Result implements Reply.BodySink {
  /** Fields that say what the body is; whatever else an upstream sets is between it and us. */
  private static final List<String> KEPT =
      List.of(
          "content-type",
          "content-language",
          "content-encoding",
          "content-disposition",
          "content-location",
          "etag",
          "last-modified",
          "location",
          "link");

  /** Stands with a result whose body was too large to be kept. */
  private static final String OMITTED = "job-result-omitted";

  /**
   * What came in.
   *
   * @param failure why the answer is not whole; null: it is
   */
  record Taken(JobResult result, Failure failure) {}

  private final Reply.Proxied answer;
  private final RouteOptions route;
  private final long most;
  private final Promise<Taken> done = Promise.promise();
  private Buffer body = Buffer.buffer();
  private long received;

  private Result(Reply.Proxied answer, RouteOptions route, long most) {
    this.answer = answer;
    this.route = route;
    this.most = most;
  }

  /**
   * Takes an answer in.
   *
   * @param most bytes of its body that are kept; of a longer one nothing is
   */
  static Future<Taken> of(Reply.Proxied answer, RouteOptions route, long most) {
    var result = new Result(answer, route, most);
    answer.receive(result);
    return result.done.future();
  }

  @Override
  public void chunk(Buffer chunk) {
    received += chunk.length();
    if (received > most) {
      body = Buffer.buffer(); // Read on to its end, without it: the work was done all the same.
    } else {
      body.appendBuffer(chunk);
    }
  }

  @Override
  public void end(MultiMap trailers) {
    done.tryComplete(
        new Taken(
            kept(answer.status(), answer.headers(), route, body, received > most ? most : -1),
            null));
  }

  /**
   * What is kept of an answer.
   *
   * @param omitted the bytes that its body was longer than, for which it was left out; -1: it is
   *     here
   */
  static JobResult kept(
      int status, MultiMap headers, RouteOptions route, Buffer body, long omitted) {
    List<String> fields = new ArrayList<>();
    KEPT.forEach(name -> keep(headers, name, fields));
    route
        .async()
        .map(AsyncOptions::keep)
        .orElse(List.of())
        .forEach(name -> keep(headers, name, fields));
    if (omitted >= 0) {
      fields.add(OMITTED);
      fields.add("more than " + omitted + " bytes");
    }
    return new JobResult(status, new JobHeaders(fields), body);
  }

  private static void keep(MultiMap headers, String name, List<String> fields) {
    for (String value : headers.getAll(name)) {
      fields.add(name);
      fields.add(value);
    }
  }

  @Override
  public void broken(Failure failure) {
    done.tryComplete(new Taken(null, failure));
  }
}
