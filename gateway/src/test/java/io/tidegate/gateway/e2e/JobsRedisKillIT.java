package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways that share their jobs in a Redis which has on its disk what it has acknowledged, and
 * all that may happen to the three of them while clients of all kinds are at work.
 */
@Timeout(300)
class JobsRedisKillIT {
  private static final int CONCURRENCY = 8;
  private static final int CLIENTS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long Redis stands still. */
  private static final Duration STILL = Duration.ofSeconds(10);

  /** Until jobs are run again that waited for Redis to come back. */
  private static final Duration RESUMED = Duration.ofSeconds(5);

  @TempDir private Path folder;
  private Ledger ledger;
  private RedisNode redis;
  private List<Lives> nodes;
  private ClientLog log;
  private MixedLoad load;

  @BeforeEach
  void start() {
    ledger = Ledger.start(folder);
    redis = RedisNode.durable(folder);
    nodes = List.of(new Lives("one-", this::file), new Lives("two-", this::file));
    log = new ClientLog();
    load =
        new MixedLoad(
            () -> nodes.get(ThreadLocalRandom.current().nextInt(nodes.size())), log, ledger, 100);
  }

  @AfterEach
  void stop() {
    load.abandon();
    try {
      nodes.forEach(Lives::close);
    } finally {
      redis.close();
      ledger.close();
    }
  }

  /** No lease may end while Redis stands still: then there is no reason to do anything twice. */
  private String file(String life) {
    return JobsConfig.of(ledger.url(), life, CONCURRENCY).replace("lease: 5s", "lease: 20s")
        + Lives.redis(redis, "fsync");
  }

  @Test
  void whateverDiesOrStandsStillNoPromiseIsBroken() throws Exception {
    nodes.forEach(Lives::begin);
    load.start(CLIENTS);
    for (Lives node : nodes) {
      log.awaitAcknowledged(100, PATIENCE);
      node.kill();
      node.begin();
    }
    log.awaitAcknowledged(50, PATIENCE);
    redis.ask("SCRIPT FLUSH");
    log.awaitAcknowledged(50, PATIENCE);

    redis.kill();
    redis.restart();
    assertResumed();
    log.awaitAcknowledged(50, PATIENCE);

    redis.signal("STOP");
    LockSupport.parkNanos(STILL.toNanos());
    redis.signal("CONT");
    assertResumed();
    log.awaitAcknowledged(50, PATIENCE);
    load.end();
    load.resend(50);

    TidegateProcess one = nodes.get(0).running();
    Promises.awaitDone(one);
    Promises.awaitTold(log, ledger, one);
    Promises.Account account = Promises.check(log, ledger, one, nodes.size(), CONCURRENCY);
    assertThat(account.poisoned()).as("innocent jobs taken for poison").isZero();
    nodes.forEach(node -> node.running().expectErrors());
  }

  private void assertResumed() {
    int before = ledger.executions().size();
    ledger.await(before + 1, RESUMED, any -> true);
  }
}
