package io.tidegate.worker.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.SettableClock;
import io.tidegate.worker.store.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Disks that lose their end, or have no room. */
class PowerLossTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private JobStore open(Path path, Failpoints failpoints) {
    JobStore store =
        new SqliteStore(
            vertx, new StoreOptions.Embedded(path, 0), JobMeters.NONE, clock, failpoints);
    await(store.open());
    return store;
  }

  private JobId create(JobStore store) {
    var job = Stored.job(Stored.request("q"), clock.instant());
    return ((Made) await(store.create(List.of(job), false)).get(0)).id();
  }

  @Test
  void whateverEndOfTheLogIsLostWhatIsLeftIsWholeAndTheOldest() throws Exception {
    JobStore store = open(folder.resolve("whole"), Failpoints.NONE);
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ids.add(create(store));
    }
    Random random = new Random(7);
    for (int cut = 0; cut < 12; cut++) {
      Path copy = copy(folder.resolve("whole"), folder.resolve("cut" + cut), random);
      JobStore after = open(copy, Failpoints.NONE);
      List<JobId> left = new ArrayList<>();
      await(after.list(JobFilter.ALL, Optional.empty(), 100))
          .jobs()
          .forEach(job -> left.add(0, job.id()));
      left.sort(java.util.Comparator.comparing(ids::indexOf));
      assertThat(left).isEqualTo(ids.subList(0, left.size()));
      List<QueueStatus> queues = await(after.queues());
      long counted = queues.isEmpty() ? 0 : queues.get(0).count(JobState.QUEUED);
      assertThat(counted).isEqualTo(left.size());
      create(after);
      await(after.close());
    }
    await(store.close());
  }

  /** What a disk may hold when the power fails: the log up to somewhere. */
  private static Path copy(Path from, Path to, Random random) throws IOException {
    Files.createDirectories(to);
    Files.copy(from.resolve("jobs.db"), to.resolve("jobs.db"));
    Path log = to.resolve("jobs.db-wal");
    Files.copy(from.resolve("jobs.db-wal"), log);
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * (0.5 + random.nextDouble() / 2)));
    }
    return to;
  }

  @Test
  void onAFullDiskNewJobsAreRefusedAndRunningOnesEndFromTheReserve() throws Exception {
    Path reserve = folder.resolve("RESERVE");
    AtomicBoolean full = new AtomicBoolean();
    JobStore store =
        open(
            folder,
            place -> {
              if (place == Failpoints.Place.BEFORE_COMMIT && full.get() && Files.exists(reserve)) {
                throw new Full();
              }
            });
    JobId id = create(store);
    Lease lease = await(store.lease(Stored.ask("q", 1))).get(0).lease();
    Files.write(reserve, new byte[10]);
    full.set(true);
    var job = Stored.job(Stored.request("q"), clock.instant());
    assertThatThrownBy(() -> await(store.create(List.of(job), false)))
        .hasMessageContaining("the disk is full");
    assertThat(reserve).exists();
    assertThat(await(store.settle(lease, Stored.succeeded(clock.instant())))).isTrue();
    assertThat(reserve).doesNotExist();
    assertThat(await(store.list(JobFilter.ALL, Optional.empty(), 10)).jobs())
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.id()).isEqualTo(id);
              assertThat(only.state()).isEqualTo(JobState.SUCCEEDED);
            });
    await(store.close());
  }

  /** As SQLite says it; a place to fail cannot throw what has to be declared. */
  private static final class Full extends RuntimeException {
    Full() {
      super(new SQLiteException("full", SQLiteErrorCode.SQLITE_FULL));
    }
  }
}
