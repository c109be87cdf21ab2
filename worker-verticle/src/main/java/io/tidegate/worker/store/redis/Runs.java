package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** T3 to T7, T9 and T10: what happens to jobs that run. Used on the server's context. */
final class Runs {
  private static final int MOST = 200;

  private final Server server;
  private final Queues queues;

  Runs(Server server, Queues queues) {
    this.server = server;
    this.queues = queues;
  }

  Future<List<Leased>> lease(LeaseAsk ask) {
    Pack about =
        new Pack(256)
            .map(4)
            .text("most")
            .number(Math.min(ask.most(), MOST))
            .text("lease")
            .number(ask.lease().toMillis())
            .text("except")
            .texts(ask.except())
            .text("suspects")
            .flag(ask.suspects());
    return server
        .ask(Script.LEASE, ask.queue(), about)
        .map(
            answer -> {
              List<Leased> leased = new ArrayList<>();
              for (Tuple one : ((Tuple) answer).tuples()) {
                Leased job = Rows.leased(ask.queue(), one.tuple(0), one.bytes(1));
                queues.saw(job.lease().id(), ask.queue());
                leased.add(job);
              }
              return leased;
            });
  }

  Future<Boolean> settle(Lease lease, Ending ending) {
    return queues
        .where(lease.id())
        .compose(
            queue ->
                queue.isEmpty()
                    ? Future.succeededFuture(false)
                    : server.join(Script.SETTLE, queue, Rows.of(lease, ending)))
        .map(Boolean.class::cast);
  }

  Future<List<Lease>> renew(List<Lease> leases, Duration lease) {
    return slices(
            leases,
            slice -> {
              if (slice.queue.isEmpty()) {
                return Future.succeededFuture(slice.leases);
              }
              Pack about = slice.about(2).text("lease").number(lease.toMillis());
              return server
                  .ask(Script.RENEW, slice.queue, about)
                  .map(answer -> lost(slice.leases, (Tuple) answer));
            })
        .map(all -> all.stream().flatMap(List::stream).toList());
  }

  private static List<Lease> lost(List<Lease> leases, Tuple held) {
    List<Lease> lost = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      if (!held.flag(i)) {
        lost.add(leases.get(i));
      }
    }
    return lost;
  }

  Future<Integer> release(List<Lease> leases) {
    return slices(
            leases,
            slice ->
                slice.queue.isEmpty()
                    ? Future.<Object>succeededFuture(0L)
                    : server.ask(Script.RELEASE, slice.queue, slice.about(1)))
        .map(all -> all.stream().mapToInt(count -> (int) (long) count).sum());
  }

  private interface Step<T> {
    Future<T> of(Slice slice);
  }

  /** Leases of one queue, as many as a script takes; of jobs that are gone, without a queue. */
  private record Slice(String queue, List<Lease> leases) {
    Pack about(int entries) {
      Pack about = new Pack(64 * leases.size() + 64).map(entries).text("items");
      about.array(leases.size());
      for (Lease lease : leases) {
        about.array(2).text(lease.id().toString()).number(lease.token());
      }
      return about;
    }
  }

  private <T> Future<List<T>> slices(List<Lease> leases, Step<T> step) {
    return Queues.each(leases, lease -> queues.where(lease.id()))
        .compose(
            where -> {
              Map<String, List<Lease>> byQueue = new LinkedHashMap<>();
              for (int i = 0; i < leases.size(); i++) {
                byQueue.computeIfAbsent(where.get(i), any -> new ArrayList<>()).add(leases.get(i));
              }
              List<Slice> all = new ArrayList<>();
              byQueue.forEach(
                  (queue, some) -> {
                    for (int from = 0; from < some.size(); from += MOST) {
                      int to = Math.min(from + MOST, some.size());
                      all.add(new Slice(queue, some.subList(from, to)));
                    }
                  });
              return Queues.each(all, step::of);
            });
  }
}
