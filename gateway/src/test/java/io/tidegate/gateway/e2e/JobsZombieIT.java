package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A process that stands still for longer than its leases, and then goes on as if nothing had been.
 */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class JobsZombieIT {
  private static final int JOBS = 12;
  private static final int CONCURRENCY = 4;
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (int last = open.size() - 1; last >= 0; last--) {
      open.get(last).close();
    }
  }

  private <T extends AutoCloseable> T own(T one) {
    open.add(one);
    return one;
  }

  private Lives lives(String name, Ledger ledger, String stores) {
    return own(new Lives(name, life -> JobsConfig.of(ledger.url(), life, CONCURRENCY) + stores));
  }

  /** Stands still for three leases, whatever becomes of it. */
  private static void standStill(TidegateProcess gateway, Runnable meanwhile) {
    long end = System.nanoTime() + LEASE.multipliedBy(3).plusMillis(500).toNanos();
    gateway.signal("STOP");
    try {
      meanwhile.run();
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    } finally {
      gateway.signal("CONT");
    }
  }

  @Test
  void whatAnotherNodeHasDoneMeanwhileIsNotDoneAgain() {
    Ledger ledger = own(Ledger.start(folder));
    String stores = Lives.redis(own(RedisNode.start()), "os");
    TidegateProcess one = lives("one-", ledger, stores).begin();
    TidegateProcess two = lives("two-", ledger, stores).begin();
    var log = new ClientLog();
    for (int i = 0; i < JOBS; i++) {
      log.submit(two, "/tasks/hold-2000/" + i);
    }
    ledger.await(CONCURRENCY, PATIENCE, any -> any.life().equals("one-0"));

    standStill(one, () -> Promises.awaitDone(two));

    Promises.awaitDone(two);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (one.metric("tidegate_job_stale_completions_total") < CONCURRENCY) {
      assertThat(System.nanoTime()).as("stale completions").isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
    Promises.Account account = Promises.check(log, ledger, two, 1, CONCURRENCY);
    assertThat(account.duplicates()).isEqualTo(CONCURRENCY);
  }

  @Test
  void onItsOwnFolderNothingIsLostAndNothingIsDoneTwice() {
    Ledger ledger = own(Ledger.start(folder));
    TidegateProcess only = lives("only-", ledger, Lives.embedded(folder.resolve("jobs"))).begin();
    var log = new ClientLog();
    for (int i = 0; i < JOBS; i++) {
      log.submit(only, "/tasks/hold-2000/" + i);
    }
    ledger.await(CONCURRENCY, PATIENCE, any -> true);

    standStill(only, () -> {});

    Promises.awaitDone(only);
    Promises.Account account = Promises.check(log, ledger, only, 0, CONCURRENCY);
    assertThat(account.duplicates()).isZero();
    assertThat(only.metric("tidegate_job_leases_expired_total")).isZero();
  }
}
