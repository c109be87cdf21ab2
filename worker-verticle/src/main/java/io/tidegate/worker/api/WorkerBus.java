package io.tidegate.worker.api;

import io.tidegate.worker.api.Messages.Ask;
import io.tidegate.worker.api.Messages.Count;
import io.tidegate.worker.api.Messages.Done;
import io.tidegate.worker.api.Messages.Flag;
import io.tidegate.worker.api.Messages.Queues;
import io.tidegate.worker.api.Messages.Schedules;
import io.tidegate.worker.api.Messages.Submissions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.tracing.TracingPolicy;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Both ends of {@link Jobs} on the bus, and both ends of doing them.
 *
 * <p>Questions go to this node or to any of the cluster, as {@link Reach} says; hints ({@code
 * jobs.changed}, {@code jobs.ready}) and aborts reach the cluster. At most once: with every hint
 * lost, things take a second longer.
 */
public final class WorkerBus {
  static final String SUBMIT = "jobs.submit";
  static final String SUBMIT_ALL = "jobs.submit-all";
  static final String SUBMIT_RUNNING = "jobs.submit-running";
  static final String ENTER = "jobs.enter";
  static final String LEAVE = "jobs.leave";
  static final String FINISH = "jobs.finish";
  static final String GET = "jobs.get";
  static final String OUTPUT = "jobs.output";
  static final String INPUT = "jobs.input";
  static final String LIST = "jobs.list";
  static final String CANCEL = "jobs.cancel";
  static final String RETRY = "jobs.retry";
  static final String DELETE = "jobs.delete";
  static final String REQUEUE = "jobs.requeue";
  static final String PURGE = "jobs.purge";
  static final String MODE = "jobs.mode";
  static final String QUEUES = "jobs.queues";
  static final String SCHEDULES = "jobs.schedules";
  static final String SCHEDULE = "jobs.schedule";
  static final String UNSCHEDULE = "jobs.unschedule";
  static final String HEALTH = "jobs.health";
  static final String ABORT = "jobs.abort";
  static final String BEAT = "jobs.beat";
  static final String PROGRESS = "jobs.progress";
  private static final String READY = "jobs.ready";
  private static final String CHANGED = "jobs.changed";

  static final DeliveryOptions ANYWHERE =
      new DeliveryOptions().setCodecName(Wire.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  private WorkerBus() {}

  /** Whom a question reaches. */
  public enum Reach {
    /** The worker of this node. */
    NODE,
    /** Any worker of the cluster, this node's among them. */
    CLUSTER
  }

  /** The end that asks. Safe for all threads. */
  public static Jobs client(Vertx vertx, Reach reach) {
    Wire.register(vertx.eventBus());
    return new JobsClient(vertx.eventBus(), reach);
  }

  /** The end that answers, on the calling context. */
  public static Future<Void> serve(Vertx vertx, Jobs jobs) {
    EventBus bus = vertx.eventBus();
    Wire.register(bus);
    return Future.all(
            List.of(
                answer(bus, SUBMIT, jobs::submit),
                answer(bus, SUBMIT_RUNNING, jobs::submitRunning),
                answer(bus, SUBMIT_ALL, (JobBatch m) -> jobs.submitAll(m).map(Submissions::new)),
                answer(
                    bus,
                    ENTER,
                    (Messages.Enter m) -> jobs.enter(m.id(), m.queue(), m.route()).map(Flag::new)),
                bus.<Messages.Name>consumer(LEAVE, message -> jobs.leave(message.body().id()))
                    .completion(),
                answer(
                    bus,
                    FINISH,
                    (Messages.Finish m) -> jobs.finish(m.lease(), m.outcome()).map(Flag::new)),
                answer(bus, GET, (Messages.Get m) -> jobs.get(m.id(), m.beyond(), m.most())),
                answer(bus, OUTPUT, (Messages.Name m) -> jobs.output(m.id())),
                answer(bus, LIST, (Messages.Page m) -> jobs.list(m.filter(), m.after(), m.limit())),
                answer(bus, CANCEL, (Messages.Name m) -> jobs.cancel(m.id())),
                answer(bus, RETRY, (Messages.Name m) -> jobs.retry(m.id())),
                answer(bus, DELETE, (Messages.Name m) -> jobs.delete(m.id())),
                serveOperators(bus, jobs)))
        .mapEmpty();
  }

  private static Future<?> serveOperators(EventBus bus, Jobs jobs) {
    return Future.all(
        List.of(
            answer(
                bus,
                REQUEUE,
                (Messages.Requeue m) ->
                    jobs.requeue(m.filter(), m.limit(), m.dryRun()).map(Count::new)),
            answer(
                bus,
                PURGE,
                (Messages.Purge m) -> jobs.purgeDead(m.queue(), m.limit()).map(Count::new)),
            answer(
                bus,
                MODE,
                (Messages.SetMode m) -> jobs.mode(m.queue(), m.mode()).map(any -> new Done())),
            answer(bus, INPUT, (Messages.Name m) -> jobs.input(m.id()).map(Messages.Input::new)),
            answer(bus, QUEUES, (Ask m) -> jobs.queues().map(Queues::new)),
            answer(bus, SCHEDULES, (Ask m) -> jobs.schedules().map(Schedules::new)),
            answer(
                bus, SCHEDULE, (ScheduleOptions m) -> jobs.putSchedule(m).map(any -> new Done())),
            answer(
                bus,
                UNSCHEDULE,
                (Messages.Unschedule m) -> jobs.removeSchedule(m.queue(), m.name()).map(Flag::new)),
            answer(bus, HEALTH, (Ask m) -> jobs.health())));
  }

  private static <Q, A> Future<Void> answer(
      EventBus bus, String address, Function<Q, Future<A>> question) {
    return bus.<Q>consumer(
            address,
            message ->
                Future.succeededFuture()
                    .compose(any -> question.apply(message.body()))
                    .onSuccess(answer -> message.reply(answer, ANYWHERE))
                    .onFailure(failure -> message.fail(500, String.valueOf(failure.getMessage()))))
        .completion();
  }

  /**
   * Does the jobs of an address, on the calling context. When its verticle is undeployed, its runs
   * are aborted.
   *
   * @param address as in {@link QueueOptions#handler}
   */
  public static Future<Void> perform(Vertx vertx, String address, Performer performer) {
    Wire.register(vertx.eventBus());
    return new PerformerEnd(vertx, performer).serve(address);
  }

  /** The end that has jobs done. Safe for all threads. */
  public static Handlers handlers(Vertx vertx) {
    Wire.register(vertx.eventBus());
    return new HandlersClient(vertx.eventBus());
  }

  /** Hears of runs that are to be broken off, on the calling context. For adopted calls. */
  public static Future<Void> onAbort(Vertx vertx, Consumer<Lease> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<Messages.Abort>consumer(
            ABORT, message -> message.body().leases().forEach(listener::accept))
        .completion();
  }

  /** Hears of changes, on the calling context. */
  public static Future<Void> onChange(Vertx vertx, Consumer<JobNotice> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<JobNotice>consumer(CHANGED, message -> listener.accept(message.body()))
        .completion();
  }

  /** Tells all who listen of changes. */
  public static void publish(Vertx vertx, JobNotice notice) {
    vertx.eventBus().publish(CHANGED, notice, ANYWHERE);
  }

  /** Hears how far runs have come, on the calling context. */
  public static Future<Void> onProgress(Vertx vertx, BiConsumer<Lease, JobProgress> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<Messages.Progress>consumer(
            PROGRESS, message -> listener.accept(message.body().lease(), message.body().progress()))
        .completion();
  }

  /** Hears that a queue of a shared store may have ready jobs, on the calling context. */
  public static Future<Void> onReady(Vertx vertx, Consumer<String> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<Messages.Ready>consumer(READY, message -> listener.accept(message.body().queue()))
        .completion();
  }

  /** Tells other nodes that a queue of a shared store may have ready jobs. */
  public static void ready(Vertx vertx, String queue) {
    vertx.eventBus().publish(READY, new Messages.Ready(queue), ANYWHERE);
  }

  /** Hears from other nodes which runs they still have, on the calling context. */
  public static Future<Void> onBeat(Vertx vertx, Consumer<List<Lease>> listener) {
    Wire.register(vertx.eventBus());
    return vertx
        .eventBus()
        .<Messages.Beat>consumer(BEAT, message -> listener.accept(message.body().leases()))
        .completion();
  }
}
