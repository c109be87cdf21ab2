package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which queues there are, and which of them has a job: an id does not say it, so what has not been
 * seen here is asked of all. Used on the server's context.
 */
final class Queues {
  private static final int REMEMBERED = 100_000;

  /** Where to look for a job. */
  interface Step {
    Future<Object> in(String queue);
  }

  /** What there is to an id. */
  record Found(String queue, Tuple answer) {
    String word() {
      return answer.text(0);
    }
  }

  private final Server server;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> noted = new HashSet<>();
  private final Map<JobId, String> seen =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  Queues(Server server) {
    this.server = server;
  }

  /** There is, or will be, something in a queue: other nodes have to know it. */
  Future<Void> note(String queue) {
    if (noted.contains(queue)) {
      return Future.succeededFuture();
    }
    known.add(queue);
    return server
        .send(Request.cmd(Command.SADD).arg(server.names.queues()).arg(queue))
        .onSuccess(any -> noted.add(queue))
        .mapEmpty();
  }

  /** All there are; what this node knows of is put back if Redis has lost it. */
  Future<List<String>> all() {
    Future<Response> put = Future.succeededFuture();
    if (!noted.isEmpty()) {
      Request request = Request.cmd(Command.SADD).arg(server.names.queues());
      noted.forEach(request::arg);
      // A full Redis refuses it, and has to be emptied all the same.
      put = server.send(request).otherwiseEmpty();
    }
    Future<Response> read = server.send(Request.cmd(Command.SMEMBERS).arg(server.names.queues()));
    return Future.all(put, read)
        .map(
            any -> {
              read.result().forEach(name -> known.add(name.toString()));
              return List.copyOf(known);
            });
  }

  void saw(JobId id, String queue) {
    seen.put(id, queue);
  }

  /** Takes a step where a job is; the step does nothing in other queues. */
  Future<Found> find(JobId id, Step step) {
    String queue = seen.get(id);
    if (queue == null) {
      return search(id, step);
    }
    return step.in(queue)
        .compose(
            answer -> {
              Found found = new Found(queue, (Tuple) answer);
              if (!found.word().equals("unknown")) {
                return Future.succeededFuture(found);
              }
              seen.remove(id);
              return search(id, step);
            });
  }

  /** Where a job is; empty: nowhere. */
  Future<String> where(JobId id) {
    String queue = seen.get(id);
    if (queue != null) {
      return Future.succeededFuture(queue);
    }
    Pack about = Desk.about(id);
    return search(id, each -> server.ask(Script.READ, each, about)).map(Found::queue);
  }

  private Future<Found> search(JobId id, Step step) {
    return all()
        .compose(
            queues -> each(queues, queue -> step.in(queue).map(x -> new Found(queue, (Tuple) x))))
        .map(
            found -> {
              for (Found one : found) {
                if (!one.word().equals("unknown")) {
                  saw(id, one.queue);
                  return one;
                }
              }
              return new Found("", Unpack.tuple(new Pack(16).array(1).text("unknown").buffer()));
            });
  }

  /** The same for each, side by side. */
  static <A, B> Future<List<B>> each(List<A> all, Function<A, Future<B>> step) {
    List<Future<B>> steps = new ArrayList<>(all.size());
    all.forEach(one -> steps.add(step.apply(one)));
    return Future.all(steps).map(any -> steps.stream().map(Future::result).toList());
  }
}
