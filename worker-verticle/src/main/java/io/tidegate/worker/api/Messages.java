package io.tidegate.worker.api;

import io.tidegate.worker.api.QueueStatus.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What travels besides the contract's own values, and the list of all that may. */
final class Messages {
  private Messages() {}

  record Name(JobId id) {}

  record Get(JobId id, long beyond, Duration most) {}

  record Page(JobFilter filter, Optional<JobId> after, int limit) {}

  record Requeue(JobFilter filter, int limit, boolean dryRun) {}

  record Purge(String queue, int limit) {}

  record SetMode(String queue, Mode mode) {}

  record Finish(Lease lease, Outcome outcome) {}

  record Enter(JobId id, String queue, String route) {}

  record Input(Optional<JobCall> call) {}

  record Unschedule(String queue, String name) {}

  record Ask() {}

  record Done() {}

  record Count(int number) {}

  record Flag(boolean set) {}

  record Submissions(List<Submission> answers) {}

  record Queues(List<QueueStatus> all) {}

  record Schedules(List<ScheduleStatus> all) {}

  /**
   * Jobs to do.
   *
   * @param remote they came over the wire: whoever sent them may not see this node die
   */
  record Deliveries(List<Delivery> all, boolean remote) {
    Deliveries fromAfar() {
      return new Deliveries(all, true);
    }
  }

  record Outcomes(List<Outcome> all) {}

  record Abort(List<Lease> leases) {}

  record Beat(List<Lease> leases) {}

  record Progress(Lease lease, JobProgress progress) {}

  record Ready(String queue) {}

  /** Every type that may be the whole of a message; nothing else is read from the wire. */
  static final Map<String, Class<?>> TYPES =
      Stream.of(
              own(),
              Stream.of(JobRequest.class, JobBatch.class, JobPage.class, JobNotice.class),
              Stream.of(ScheduleOptions.class, JobsHealth.class),
              Stream.of(Submission.class, JobLookup.class, JobOutput.class, JobChange.class)
                  .flatMap(kinds -> Stream.of(kinds.getPermittedSubclasses())))
          .flatMap(types -> types)
          .collect(Collectors.toUnmodifiableMap(Messages::name, Function.identity()));

  private static Stream<Class<?>> own() {
    return Stream.of(Messages.class.getDeclaredClasses());
  }

  /** The name without its package, as {@code JobLookup$Found}. */
  static String name(Class<?> type) {
    return type.getName().substring(type.getPackageName().length() + 1);
  }
}
