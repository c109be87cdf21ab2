package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Creation.Refused;
import io.tidegate.worker.store.NewJob;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** T1: takes jobs in. Used on the server's context. */
final class Intake {
  private static final Map<String, Reason> REASONS =
      Map.of(
          "reused", Reason.KEY_REUSED,
          "full", Reason.QUEUE_FULL,
          "draining", Reason.DRAINING,
          "together", Reason.BATCH_REFUSED,
          // What a look at several queues found to be fine when another was not.
          "new", Reason.BATCH_REFUSED,
          "twin", Reason.BATCH_REFUSED);

  private final Server server;
  private final Queues queues;

  Intake(Server server, Queues queues) {
    this.server = server;
    this.queues = queues;
  }

  Future<List<Creation>> create(List<NewJob> jobs, boolean atomic) {
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < jobs.size(); i++) {
      places.computeIfAbsent(jobs.get(i).request().queue(), any -> new ArrayList<>()).add(i);
    }
    Future<?> noted = Queues.each(List.copyOf(places.keySet()), queues::note);
    if (!atomic || jobs.size() == 1) {
      return noted.compose(any -> each(jobs));
    }
    if (places.size() == 1) {
      String queue = jobs.get(0).request().queue();
      return noted.compose(any -> together(queue, jobs, false)).map(all -> creations(queue, all));
    }
    return noted.compose(any -> looked(jobs, places));
  }

  private Future<List<Creation>> each(List<NewJob> jobs) {
    return Queues.each(
        jobs,
        job -> {
          String queue = job.request().queue();
          return server
              .join(Script.CREATE, queue, Rows.of(job))
              .map(answer -> creation(queue, (Tuple) answer));
        });
  }

  private Future<List<Tuple>> together(String queue, List<NewJob> jobs, boolean dry) {
    Pack about = new Pack(1024).map(3).text("atomic").flag(true).text("dry").flag(dry);
    about.text("items").array(jobs.size());
    for (NewJob job : jobs) {
      Buffer item = Rows.of(job);
      about.packed(item);
    }
    return server.commit(Script.CREATE, queue, about).map(all -> ((Tuple) all).tuples());
  }

  /** Looks at all queues first, since no script can reach into two of them. */
  private Future<List<Creation>> looked(List<NewJob> jobs, Map<String, List<Integer>> places) {
    Creation[] answers = new Creation[jobs.size()];
    boolean[] refused = new boolean[1];
    return Queues.each(
            List.copyOf(places.entrySet()),
            entry ->
                together(entry.getKey(), entry.getValue().stream().map(jobs::get).toList(), true)
                    .map(
                        words -> {
                          for (int i = 0; i < words.size(); i++) {
                            String word = words.get(i).text(0);
                            refused[0] |= !List.of("new", "twin", "made").contains(word);
                            answers[entry.getValue().get(i)] =
                                creation(entry.getKey(), words.get(i));
                          }
                          return words;
                        }))
        .compose(any -> refused[0] ? Future.succeededFuture(List.of(answers)) : each(jobs));
  }

  private List<Creation> creations(String queue, List<Tuple> answers) {
    return answers.stream().map(answer -> creation(queue, answer)).toList();
  }

  private Creation creation(String queue, Tuple answer) {
    Reason reason = REASONS.get(answer.text(0));
    if (reason != null) {
      return new Refused(reason);
    }
    JobId id = Rows.id(answer.text(1));
    queues.saw(id, queue);
    long created = answer.number(3);
    return new Made(
        id,
        JobState.values()[answer.small(2)],
        Instant.ofEpochMilli(created == 0 ? id.millis() : created),
        answer.flag(4),
        answer.has(5) ? Optional.of(new Lease(id, answer.number(5))) : Optional.empty());
  }
}
