package io.tidegate.worker.api;

import io.tidegate.worker.api.Messages.Ask;
import io.tidegate.worker.api.Messages.Count;
import io.tidegate.worker.api.Messages.Done;
import io.tidegate.worker.api.Messages.Flag;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.api.Submission.Refused;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Asks the engine over the bus. */
final class JobsClient implements Jobs {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final EventBus bus;
  private final DeliveryOptions options;
  private final WorkerBus.Reach reach;

  JobsClient(EventBus bus, WorkerBus.Reach reach) {
    this.bus = bus;
    this.reach = reach;
    this.options =
        new DeliveryOptions(WorkerBus.ANYWHERE)
            .setLocalOnly(reach == WorkerBus.Reach.NODE)
            .setSendTimeout(PATIENCE.toMillis());
  }

  private <A> Future<A> ask(String address, Object question) {
    return bus.<A>request(address, question, options).map(Message::body);
  }

  @Override
  public Future<Submission> submit(JobRequest request) {
    return this.<Submission>ask(WorkerBus.SUBMIT, request).otherwise(JobsClient::unavailable);
  }

  /** Whether it was accepted is not known; the same id or key makes asking again safe. */
  private static Submission unavailable(Throwable failure) {
    return new Refused(Reason.UNAVAILABLE, "the jobs do not answer", AGAIN);
  }

  @Override
  public Future<List<Submission>> submitAll(JobBatch batch) {
    return this.<Messages.Submissions>ask(WorkerBus.SUBMIT_ALL, batch)
        .map(Messages.Submissions::answers)
        .otherwise(failure -> Collections.nCopies(batch.requests().size(), unavailable(failure)));
  }

  @Override
  public Future<Submission> submitRunning(JobRequest request) {
    return this.<Submission>ask(WorkerBus.SUBMIT_RUNNING, request)
        .otherwise(JobsClient::unavailable);
  }

  @Override
  public Future<Boolean> enter(JobId id, String queue, String route) {
    if (reach != WorkerBus.Reach.NODE) {
      return Future.succeededFuture(false);
    }
    return this.<Flag>ask(WorkerBus.ENTER, new Messages.Enter(id, queue, route))
        .map(Flag::set)
        .otherwise(false);
  }

  @Override
  public void leave(JobId id) {
    bus.send(WorkerBus.LEAVE, new Messages.Name(id), options);
  }

  @Override
  public Future<Boolean> finish(Lease lease, Outcome outcome) {
    return this.<Flag>ask(WorkerBus.FINISH, new Messages.Finish(lease, outcome)).map(Flag::set);
  }

  @Override
  public Future<JobLookup> get(JobId id, long beyond, Duration most) {
    DeliveryOptions patient =
        new DeliveryOptions(options).setSendTimeout(PATIENCE.plus(most).toMillis());
    return bus.<JobLookup>request(WorkerBus.GET, new Messages.Get(id, beyond, most), patient)
        .map(Message::body);
  }

  @Override
  public Future<JobOutput> output(JobId id) {
    return ask(WorkerBus.OUTPUT, new Messages.Name(id));
  }

  @Override
  public Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    return ask(WorkerBus.LIST, new Messages.Page(filter, after, limit));
  }

  @Override
  public Future<JobChange> cancel(JobId id) {
    return ask(WorkerBus.CANCEL, new Messages.Name(id));
  }

  @Override
  public Future<JobChange> retry(JobId id) {
    return ask(WorkerBus.RETRY, new Messages.Name(id));
  }

  @Override
  public Future<JobChange> delete(JobId id) {
    return ask(WorkerBus.DELETE, new Messages.Name(id));
  }

  @Override
  public Future<Integer> requeue(JobFilter filter, int limit, boolean dryRun) {
    return this.<Count>ask(WorkerBus.REQUEUE, new Messages.Requeue(filter, limit, dryRun))
        .map(Count::number);
  }

  @Override
  public Future<Optional<JobCall>> input(JobId id) {
    return this.<Messages.Input>ask(WorkerBus.INPUT, new Messages.Name(id))
        .map(Messages.Input::call);
  }

  @Override
  public Future<Integer> purgeDead(String queue, int limit) {
    return this.<Count>ask(WorkerBus.PURGE, new Messages.Purge(queue, limit)).map(Count::number);
  }

  @Override
  public Future<Void> mode(String queue, Mode mode) {
    return this.<Done>ask(WorkerBus.MODE, new Messages.SetMode(queue, mode)).mapEmpty();
  }

  @Override
  public Future<List<QueueStatus>> queues() {
    return this.<Messages.Queues>ask(WorkerBus.QUEUES, new Ask()).map(Messages.Queues::all);
  }

  @Override
  public Future<List<ScheduleStatus>> schedules() {
    return this.<Messages.Schedules>ask(WorkerBus.SCHEDULES, new Ask())
        .map(Messages.Schedules::all);
  }

  @Override
  public Future<Void> putSchedule(ScheduleOptions schedule) {
    return this.<Done>ask(WorkerBus.SCHEDULE, schedule).mapEmpty();
  }

  @Override
  public Future<Boolean> removeSchedule(String queue, String name) {
    return this.<Flag>ask(WorkerBus.UNSCHEDULE, new Messages.Unschedule(queue, name))
        .map(Flag::set);
  }

  @Override
  public Future<JobsHealth> health() {
    return ask(WorkerBus.HEALTH, new Ask());
  }
}
