package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.Submission;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Submits several jobs in one commit; each item is answered for itself, unless it is atomic. */
final class BatchDesk {
  static final long MAX_BODY = 8 << 20;

  private final Intake intake;
  private final JobRoutes routes;

  BatchDesk(Intake intake, JobRoutes routes) {
    this.intake = intake;
    this.routes = routes;
  }

  Future<Reply> submit(Exchange exchange) {
    String type = exchange.head().headers().get(HttpHeaders.CONTENT_TYPE);
    if (type == null || !type.toLowerCase(java.util.Locale.ROOT).startsWith("application/json")) {
      return Future.succeededFuture(
          Reply.Failed.of(Failure.UNSUPPORTED_MEDIA_TYPE, "expected application/json"));
    }
    return Gathering.of(exchange, MAX_BODY)
        .compose(
            gathered ->
                gathered.failure() != null
                    ? Future.succeededFuture(
                        Reply.Failed.of(gathered.failure(), "a batch takes 8 MiB"))
                    : submit(exchange, gathered.body()))
        .otherwise(JobsDesk::unavailable);
  }

  private Future<Reply> submit(Exchange exchange, Buffer body) {
    List<JsonObject> items = new ArrayList<>();
    boolean atomic;
    try {
      JsonObject batch = new JsonObject(body);
      atomic = batch.getBoolean("atomic", false);
      JsonArray all = batch.getJsonArray("jobs", new JsonArray());
      for (int i = 0; i < all.size(); i++) {
        items.add(all.getJsonObject(i));
      }
    } catch (DecodeException | ClassCastException e) {
      return bad("expected {\"atomic\":false,\"jobs\":[{\"method\":\"POST\",\"path\":\"/a\"}]}");
    }
    if (items.isEmpty() || items.size() > JobBatch.MAX_SIZE) {
      return bad("jobs: found " + items.size() + ", expected 1 to " + JobBatch.MAX_SIZE);
    }
    return submit(read(exchange, items), atomic).map(reply -> reply);
  }

  private static Future<Reply> bad(String detail) {
    return Future.succeededFuture(Reply.Failed.of(Failure.BAD_REQUEST, detail));
  }

  private List<Item> read(Exchange exchange, List<JsonObject> items) {
    List<Item> read = new ArrayList<>(items.size());
    for (JsonObject json : items) {
      try {
        read.add(item(exchange, new BatchItem(json)));
      } catch (WrongField wrong) {
        read.add(Item.refused(Failure.BAD_REQUEST, wrong.getMessage()));
      } catch (ClassCastException | IllegalArgumentException e) {
        read.add(Item.refused(Failure.BAD_REQUEST, "a value is of the wrong type"));
      }
    }
    return read;
  }

  private Item item(Exchange exchange, BatchItem item) {
    Exchange.Head head = item.head(exchange.head());
    Optional<JobRoute> route = routes.matching(head);
    if (route.isEmpty()) {
      return Item.refused(Failure.NO_ROUTE, "");
    }
    Optional<AsyncOptions> async =
        route.get().options().async().filter(o -> o.when() != AsyncOptions.When.NEVER);
    if (async.isEmpty()) {
      return Item.refused(Failure.BAD_REQUEST, "this route takes no jobs");
    }
    Wish wish = Wish.read(item, async.get(), intake.options().callbacks(), java.time.Instant.now());
    Optional<Reply.Failed> refused = route.get().gate().refusal(head);
    if (refused.isPresent()) {
      Duration wait = Duration.ofMillis(refused.get().retryAfterMillis());
      return new Item(null, later(refusal(refused.get().failure(), ""), wait));
    }
    var place = new Intake.Place(async.get().queue(), route.get().options().id());
    return new Item(intake.job(head, exchange.trace(), place, wish, item.body()), null);
  }

  private Future<Reply> submit(List<Item> items, boolean atomic) {
    List<JobRequest> wanted =
        items.stream().filter(item -> item.job() != null).map(Item::job).toList();
    boolean refused = wanted.size() < items.size();
    if (wanted.isEmpty() || (atomic && refused)) {
      List<JsonObject> none =
          items.stream().map(item -> item.job() == null ? item.refusal() : left()).toList();
      return Future.succeededFuture(answer(none, atomic));
    }
    return intake
        .jobs()
        .submitAll(new JobBatch(wanted, atomic))
        .map(
            answers -> {
              List<JsonObject> all = new ArrayList<>();
              int next = 0;
              for (Item item : items) {
                all.add(item.job() == null ? item.refusal() : outcome(answers.get(next++)));
              }
              return answer(all, atomic);
            });
  }

  private JsonObject outcome(Submission answer) {
    if (answer instanceof Submission.Accepted accepted) {
      JsonObject json = new JsonObject().put("status", 202);
      if (accepted.replayed()) {
        json.put("replayed", true);
      }
      return json.mergeIn(JobReplies.receipt(accepted, intake.options().prefix()));
    }
    Submission.Refused refused = (Submission.Refused) answer;
    JsonObject json = refusal(JobReplies.failure(refused.reason()), refused.detail());
    return refused.retryAfter().isZero() ? json : later(json, refused.retryAfter());
  }

  private static JsonObject later(JsonObject refusal, Duration wait) {
    return refusal.put("retry_after", JobReplies.seconds(wait));
  }

  private static JsonObject left() {
    return refusal(Failure.BATCH_REFUSED, "");
  }

  private static JsonObject refusal(Failure failure, String detail) {
    JsonObject json =
        new JsonObject()
            .put("status", failure.status())
            .put("reason", failure.reason())
            .put("title", failure.title());
    return detail.isEmpty() ? json : json.put("detail", detail);
  }

  /** 200 with the outcomes; of a batch that is all or nothing and was refused, the first cause. */
  private static Reply answer(List<JsonObject> outcomes, boolean atomic) {
    int status =
        outcomes.stream()
            .mapToInt(each -> each.getInteger("status"))
            .filter(each -> atomic && each >= 400 && each != Failure.BATCH_REFUSED.status())
            .findFirst()
            .orElse(200);
    return JobReplies.json(status, new JsonObject().put("results", new JsonArray(outcomes)));
  }

  /**
   * An item on its way.
   *
   * @param job null when it is refused already
   */
  private record Item(JobRequest job, JsonObject refusal) {
    static Item refused(Failure failure, String detail) {
      return new Item(null, BatchDesk.refusal(failure, detail));
    }
  }
}
