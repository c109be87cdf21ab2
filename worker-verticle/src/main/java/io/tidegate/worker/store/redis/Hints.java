package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of changes: of this node's at once, of other nodes' by Redis' channels. At most once: what
 * is lost is found by looking a second later.
 */
final class Hints {
  private static final Logger LOG = LoggerFactory.getLogger(Hints.class);
  private static final int MOST_WAITING = 10_000;

  /** Who is told of this node's changes, and who of others'. */
  record Listeners(Consumer<List<Change>> here, Consumer<List<Change>> elsewhere) {}

  private final String me = UUID.randomUUID().toString();
  private final Names names;
  private final Context context;
  private final Listeners listeners;
  private final List<Change> waiting = new ArrayList<>();
  private Function<Request, Future<Response>> sender = request -> Future.succeededFuture();
  private boolean due;

  Hints(Names names, Context context, Listeners listeners) {
    this.names = names;
    this.context = context;
    this.listeners = listeners;
  }

  /** Over what other nodes are told. */
  void sender(Function<Request, Future<Response>> newSender) {
    sender = newSender;
  }

  /** Hears of other nodes' changes over a connection that does nothing else. */
  Future<?> subscribe(RedisConnection connection) {
    connection.handler(this::heard);
    return connection.send(Request.cmd(Command.SUBSCRIBE).arg(names.channel()));
  }

  /** This node has changed jobs. */
  void changed(String queue, Tuple changes) {
    if (changes.size() == 0) {
      return;
    }
    List<Change> all = changes.tuples().stream().map(change -> read(queue, change)).toList();
    listeners.here.accept(all);
    if (waiting.size() < MOST_WAITING) {
      waiting.addAll(all);
    }
    if (!due) {
      due = true;
      context.runOnContext(tick -> publish());
    }
  }

  private static Change read(String queue, Tuple change) {
    JobId id = Rows.id(change.text(0));
    return new Change(id, queue, JobState.values()[change.small(1)], change.number(2));
  }

  private void publish() {
    due = false;
    Pack message = new Pack(64 + 80 * waiting.size()).array(2).text(me).array(waiting.size());
    for (Change change : waiting) {
      message
          .array(4)
          .text(change.queue())
          .text(change.id().toString())
          .number(change.state().ordinal())
          .number(change.version());
    }
    waiting.clear();
    Request request = Request.cmd(Command.PUBLISH).arg(names.channel()).arg(message.buffer());
    sender
        .apply(request)
        .onFailure(lost -> LOG.debug("jobs: a hint was lost: {}", lost.getMessage()));
  }

  private void heard(Response push) {
    if (push.size() != 3 || !push.get(0).toString().equals("message")) {
      return; // That it is subscribed.
    }
    try {
      Tuple message = Unpack.tuple(push.get(2).toBuffer());
      if (!message.text(0).equals(me)) {
        List<Change> changes = new ArrayList<>();
        for (Tuple change : message.tuple(1).tuples()) {
          changes.add(
              new Change(
                  Rows.id(change.text(1)),
                  change.text(0),
                  JobState.values()[change.small(2)],
                  change.number(3)));
        }
        listeners.elsewhere.accept(changes);
      }
    } catch (RuntimeException rubbish) {
      LOG.debug("jobs: a hint that is none", rubbish);
    }
  }
}
