package io.tidegate.worker.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.NewJob;
import io.tidegate.worker.store.SettableClock;
import io.tidegate.worker.store.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Any sequence of steps leaves the store where a few lines of plain Java say it should be. */
class SqliteModelTest {
  private static final Vertx VERTX = Vertx.vertx();

  /** What is done, and two numbers that choose how. */
  record Step(Kind kind, int a, int b) {}

  enum Kind {
    CREATE,
    LEASE,
    SUSPECTS,
    SETTLE,
    RELEASE,
    RENEW,
    CANCEL,
    REQUEUE,
    FORWARD,
    REOPEN
  }

  /** A job as it should be. */
  private static final class Model {
    private JobId id;
    private JobState state;
    private String group;
    private long sequence;
    private long order;
    private long boost;
    private long rank;
    private long runAt;
    private long leaseUntil;
    private Lease lease;
    private boolean suspect;
    private int attempts;
    private int crashes;
    private int solo;
    private int deferrals;
    private int generation;
    private long version = 1;

    boolean holdsGroup() {
      return state == JobState.QUEUED || state == JobState.RUNNING || state == JobState.RETRYING;
    }
  }

  private final SettableClock clock = new SettableClock();
  private final Map<JobId, Model> models = new LinkedHashMap<>();
  private final List<Lease> leases = new ArrayList<>();
  private long sequence;
  private JobStore store;

  @AfterContainer
  static void close() {
    await(VERTX.close());
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> any = Arbitraries.integers().between(0, 1000);
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, Arbitraries.just(Kind.CREATE)),
            net.jqwik.api.Tuple.of(6, Arbitraries.just(Kind.LEASE)),
            net.jqwik.api.Tuple.of(6, Arbitraries.just(Kind.SETTLE)),
            net.jqwik.api.Tuple.of(8, Arbitraries.of(Kind.class)));
    return Combinators.combine(kinds, any, any).as(Step::new).list().ofMinSize(5).ofMaxSize(60);
  }

  @Property(tries = 25)
  void theStoreIsWhereTheModelIs(@ForAll("steps") List<Step> steps) throws IOException {
    // One object serves all tries.
    models.clear();
    leases.clear();
    sequence = 0;
    Path folder = Files.createTempDirectory("model");
    open(folder);
    try {
      for (Step step : steps) {
        run(step, folder);
        check();
      }
    } finally {
      await(store.close());
      delete(folder);
    }
  }

  private void open(Path folder) {
    store =
        new SqliteStore(
            VERTX, new StoreOptions.Embedded(folder, 0), JobMeters.NONE, clock, Failpoints.NONE);
    await(store.open());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void run(Step step, Path folder) {
    switch (step.kind) {
      case CREATE -> create(step.a, step.b);
      case LEASE -> lease(1 + step.a % 3, false);
      case SUSPECTS -> lease(1 + step.a % 3, true);
      case SETTLE -> settle(step.a, step.b % 5);
      case RELEASE -> release(step.a);
      case RENEW -> renew();
      case CANCEL -> cancel(step.a);
      case REQUEUE -> requeue(step.a);
      case FORWARD -> forward(1 + step.a % 40);
      case REOPEN -> reopen(folder);
      default -> throw new AssertionError(step);
    }
  }

  private void create(int a, int b) {
    Model model = new Model();
    int priority = a % 3;
    long delay = a % 4 == 0 ? 10_000 : 0;
    model.group = b % 3 == 0 ? "" : "g" + b % 3;
    model.runAt = clock.millis() + delay;
    JobRequest request =
        Stored.request(
            "q",
            terms ->
                terms
                    .withPriority(priority)
                    .withGroup(model.group)
                    .withRunAt(Instant.ofEpochMilli(model.runAt)));
    model.id = request.id();
    model.state = delay > 0 ? JobState.SCHEDULED : JobState.QUEUED;
    model.sequence = ++sequence;
    model.order = model.sequence;
    model.boost = priority * Stored.AGING.toMillis();
    model.rank = model.runAt - model.boost;
    boolean hasty = b % 2 == 0;
    boolean begins =
        hasty
            && delay == 0
            && model.group.isEmpty()
            && models.values().stream().noneMatch(other -> other.state == JobState.QUEUED);
    Instant now = clock.instant();
    NewJob job = hasty ? Stored.hasty(request, now) : Stored.job(request, now);
    Creation.Made made = (Creation.Made) await(store.create(List.of(job), false)).get(0);
    assertThat(made.state()).isEqualTo(model.state);
    assertThat(made.lease().isPresent()).isEqualTo(begins);
    made.lease().ifPresent(lease -> begun(model, lease));
    models.put(model.id, model);
  }

  private void begun(Model model, Lease lease) {
    model.state = JobState.RUNNING;
    model.lease = lease;
    model.leaseUntil = clock.millis() + Stored.LEASE.toMillis();
    model.suspect = false;
    model.version++;
    leases.add(lease);
  }

  private Stream<Model> ready(boolean suspects) {
    return models.values().stream()
        .filter(model -> model.state == JobState.QUEUED)
        .filter(model -> suspects == (model.crashes >= JobStore.SUSPECT_CRASHES))
        .filter(this::first)
        .sorted(
            Comparator.comparingLong((Model model) -> model.rank)
                .thenComparingLong(model -> model.sequence));
  }

  private boolean first(Model one) {
    return one.group.isEmpty()
        || models.values().stream()
            .noneMatch(
                other ->
                    other.group.equals(one.group) && other.holdsGroup() && other.order < one.order);
  }

  private void lease(int most, boolean suspects) {
    List<Model> expected = new ArrayList<>();
    if (suspects) {
      ready(true).limit(1).forEach(expected::add);
    }
    ready(false).limit(most - expected.size()).forEach(expected::add);
    List<Leased> got =
        await(store.lease(new LeaseAsk("q", most, "w", Stored.LEASE, Set.of(), suspects)));
    assertThat(got)
        .extracting(one -> one.lease().id())
        .containsExactlyElementsOf(expected.stream().map(model -> model.id).toList());
    for (Leased one : got) {
      Model model = models.get(one.lease().id());
      begun(model, one.lease());
      model.suspect = one.suspect();
    }
  }

  private boolean held(Lease lease) {
    Model model = models.get(lease.id());
    return model.state == JobState.RUNNING && model.lease.equals(lease);
  }

  private void settle(int which, int how) {
    if (leases.isEmpty()) {
      return;
    }
    Lease lease = leases.get(which % leases.size());
    Instant now = clock.instant();
    Duration after = Duration.ofSeconds(5);
    Ending ending =
        switch (how) {
          case 0 -> Stored.failed(now, JobState.FAILED);
          case 1 -> Stored.failed(now, JobState.DEAD);
          case 2 -> Stored.retry(now, after);
          case 3 -> Stored.deferred(now, after);
          default -> Stored.succeeded(now);
        };
    boolean held = held(lease);
    assertThat(await(store.settle(lease, ending))).isEqualTo(held);
    if (held) {
      Model model = models.get(lease.id());
      model.state = ending.to();
      model.attempts += ending.attempts();
      model.deferrals += ending.deferrals();
      model.runAt = ending.runAt().toEpochMilli();
      model.version++;
    }
  }

  private void release(int which) {
    if (leases.isEmpty()) {
      return;
    }
    Lease lease = leases.get(which % leases.size());
    boolean held = held(lease);
    assertThat(await(store.release(List.of(lease)))).isEqualTo(held ? 1 : 0);
    if (held) {
      Model model = models.get(lease.id());
      model.state = JobState.QUEUED;
      model.version++;
    }
  }

  private void renew() {
    List<Lease> lost = leases.stream().filter(lease -> !held(lease)).toList();
    assertThat(await(store.renew(leases, Stored.LEASE))).containsExactlyElementsOf(lost);
    for (Lease lease : leases) {
      if (held(lease)) {
        models.get(lease.id()).leaseUntil = clock.millis() + Stored.LEASE.toMillis();
      }
    }
  }

  private Model pick(int which) {
    return List.copyOf(models.values()).get(which % models.size());
  }

  private void cancel(int which) {
    if (models.isEmpty()) {
      return;
    }
    Model model = pick(which);
    JobChange change = await(store.cancel(model.id, Stored.KEEP));
    if (model.state.terminal()) {
      assertThat(change instanceof JobChange.Done).isEqualTo(model.state == JobState.CANCELED);
      return;
    }
    assertThat(change instanceof JobChange.Requested).isEqualTo(model.state == JobState.RUNNING);
    model.state = JobState.CANCELED;
    model.version++;
  }

  private void requeue(int which) {
    if (models.isEmpty()) {
      return;
    }
    Model model = pick(which);
    JobChange change = await(store.requeue(model.id, Stored.DEADLINE));
    assertThat(change instanceof JobChange.Done).isEqualTo(model.state.requeueable());
    if (model.state.requeueable()) {
      model.state = JobState.QUEUED;
      model.order = ++sequence;
      model.rank = clock.millis() - model.boost;
      model.attempts = 0;
      model.crashes = 0;
      model.solo = 0;
      model.deferrals = 0;
      model.generation++;
      model.version++;
    }
  }

  private void forward(int seconds) {
    clock.forward(Duration.ofSeconds(seconds));
    await(store.tend(1000, Map.of()));
    long now = clock.millis();
    crash(model -> model.leaseUntil <= now);
    models.values().stream()
        .filter(model -> model.state == JobState.SCHEDULED || model.state == JobState.RETRYING)
        .filter(model -> model.runAt <= now)
        .sorted(
            Comparator.comparingLong((Model model) -> model.runAt)
                .thenComparingLong(model -> model.sequence))
        .forEach(
            model -> {
              if (model.state == JobState.SCHEDULED && !model.group.isEmpty()) {
                model.order = ++sequence;
              }
              model.state = JobState.QUEUED;
              model.version++;
            });
  }

  private void crash(java.util.function.Predicate<Model> whose) {
    models.values().stream()
        .filter(model -> model.state == JobState.RUNNING)
        .filter(whose)
        .forEach(
            model -> {
              model.crashes++;
              model.solo += model.suspect ? 1 : 0;
              model.state = model.solo >= JobStore.POISON_CRASHES ? JobState.DEAD : JobState.QUEUED;
              model.version++;
            });
  }

  private void reopen(Path folder) {
    await(store.close());
    open(folder);
    crash(model -> true);
  }

  private void check() {
    for (Model model : models.values()) {
      JobStatus status = ((JobLookup.Found) await(store.get(model.id))).status();
      assertThat(status.state()).isEqualTo(model.state);
      assertThat(status.version()).isEqualTo(model.version);
      assertThat(status.generation()).isEqualTo(model.generation);
      assertThat(status.counters().attempts()).isEqualTo(model.attempts);
      assertThat(status.counters().crashes()).isEqualTo(model.crashes);
      assertThat(status.counters().soloCrashes()).isEqualTo(model.solo);
      assertThat(status.counters().deferrals()).isEqualTo(model.deferrals);
    }
    List<QueueStatus> queues = await(store.queues());
    for (JobState state : JobState.values()) {
      long counted = queues.isEmpty() ? 0 : queues.get(0).count(state);
      assertThat(counted)
          .isEqualTo(models.values().stream().filter(model -> model.state == state).count());
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
