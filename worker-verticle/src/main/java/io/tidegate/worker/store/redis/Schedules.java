package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.store.Scheduled;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Schedules, and how far each is. Used on the server's context. */
final class Schedules {
  private final Server server;
  private final Queues queues;

  Schedules(Server server, Queues queues) {
    this.server = server;
    this.queues = queues;
  }

  Future<List<Scheduled>> all() {
    return queues
        .all()
        .compose(all -> Queues.each(all, this::of))
        .map(all -> all.stream().flatMap(List::stream).toList());
  }

  private Future<List<Scheduled>> of(String queue) {
    Future<Map<String, Buffer>> put = hash(server.names.schedules(queue));
    Future<Map<String, Buffer>> fires = hash(server.names.fires(queue));
    return Future.all(put, fires)
        .map(
            any -> {
              TreeSet<String> names = new TreeSet<>(put.result().keySet());
              names.addAll(fires.result().keySet());
              List<Scheduled> all = new ArrayList<>();
              for (String name : names) {
                all.add(read(queue, name, put.result().get(name), fires.result().get(name)));
              }
              return all;
            });
  }

  private Future<Map<String, Buffer>> hash(String key) {
    return server
        .send(Request.cmd(Command.HGETALL).arg(key))
        .map(
            answer -> {
              Map<String, Buffer> hash = new HashMap<>();
              if (answer.isMap()) {
                answer.getKeys().forEach(name -> hash.put(name, answer.get(name).toBuffer()));
              } else {
                for (int i = 0; i < answer.size(); i += 2) {
                  hash.put(answer.get(i).toString(), answer.get(i + 1).toBuffer());
                }
              }
              return hash;
            });
  }

  private static Scheduled read(String queue, String name, Buffer options, Buffer fired) {
    Optional<Tuple> last = Optional.ofNullable(fired).map(Unpack::tuple);
    return new Scheduled(
        queue,
        name,
        Optional.ofNullable(options).map(ScheduleOptions::of),
        last.map(fire -> Rows.time(fire.number(0))),
        last.flatMap(fire -> JobId.parse(fire.text(1))));
  }

  Future<Void> put(ScheduleOptions schedule) {
    Pack about = about(3, "put", schedule.name()).text("options").bytes(schedule.toBuffer());
    return change(schedule.queue(), about).mapEmpty();
  }

  Future<Boolean> remove(String queue, String name) {
    return change(queue, about(2, "remove", name)).map(Boolean.class::cast);
  }

  Future<Void> fired(String queue, String name, Instant slot, Optional<JobId> job) {
    Pack about = about(4, "fired", name).text("slot").number(slot.toEpochMilli());
    about.text("job").text(job.map(JobId::toString).orElse(""));
    return change(queue, about).mapEmpty();
  }

  private static Pack about(int entries, String word, String name) {
    return new Pack(256).map(entries).text("word").text(word).text("name").text(name);
  }

  private Future<Object> change(String queue, Pack about) {
    return queues.note(queue).compose(any -> server.commit(Script.SCHEDULE, queue, about));
  }
}
