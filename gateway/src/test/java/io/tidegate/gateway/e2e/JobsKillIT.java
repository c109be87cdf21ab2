package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process is killed at any time while clients of all kinds are at work, and started again on
 * what it left. A few times in each build; {@code mvn -Pkill verify}: 500 times.
 */
@Tag("kill")
@Timeout(7200)
class JobsKillIT {
  private static final int KILLS = Integer.getInteger("kill.count", 4);
  private static final int CONCURRENCY = 16;
  private static final int CLIENTS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Acknowledgements between two kills, at most: a second or two. */
  private static final int MOST = 150;

  @TempDir private Path folder;
  private Ledger ledger;
  private Lives lives;
  private ClientLog log;
  private MixedLoad load;

  @BeforeEach
  void start() {
    ledger = Ledger.start(folder);
    lives = new Lives("only-", this::file);
    log = new ClientLog();
    load = new MixedLoad(() -> lives, log, ledger, 100);
  }

  @AfterEach
  void stop() {
    load.abandon();
    try {
      lives.close();
    } finally {
      ledger.close();
    }
  }

  private String file(String life) {
    return JobsConfig.of(ledger.url(), life, CONCURRENCY) + Lives.embedded(folder.resolve("jobs"));
  }

  @Test
  void noKillBreaksAPromise() throws Exception {
    lives.begin();
    load.start(CLIENTS);
    for (int kill = 0; kill < KILLS; kill++) {
      log.awaitAcknowledged(ThreadLocalRandom.current().nextInt(1, MOST), PATIENCE);
      lives.kill();
      Lives.assertIntact(folder.resolve("jobs"));
      lives.begin();
    }
    log.awaitAcknowledged(MOST, PATIENCE);
    load.end();
    load.resend(100);

    Promises.awaitDone(lives.running());
    Promises.awaitTold(log, ledger, lives.running());
    var account = Promises.check(log, ledger, lives.running(), KILLS, CONCURRENCY);
    System.out.println(KILLS + " kills: " + account + ", " + times());
    assertThat(log.refusals()).as("refusals").isEmpty();
    assertThat(account.poisoned()).as("innocent jobs taken for poison").isZero();
    assertReadySoon();
  }

  /**
   * A start takes what it takes; what it finds there costs a second at most. The quickest counts: a
   * machine that is busy elsewhere is slow at any time.
   */
  private void assertReadySoon() {
    List<Duration> starts = lives.starts();
    assertThat(Collections.min(starts.subList(1, starts.size())))
        .as("start after a kill")
        .isLessThan(starts.get(0).plusSeconds(1));
  }

  private String times() {
    List<Long> again = lives.starts().stream().skip(1).map(Duration::toMillis).sorted().toList();
    return "first start %d ms, after a kill p50 %d ms, p99 %d ms"
        .formatted(
            lives.starts().get(0).toMillis(),
            again.get(again.size() / 2),
            again.get(again.size() * 99 / 100));
  }
}
