package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends that are announced, and a start that must not be. */
@Timeout(120)
class JobsRestartIT {
  private static final int CONCURRENCY = 8;
  private static final int CLIENTS = 8;

  /** Clients that listen and look are let go no later; jobs have less. */
  private static final Duration DRAIN = Duration.ofSeconds(15);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    load = new MixedLoad(() -> lives, log, ledger, 50);
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
  void aStopUnderLoadLosesNothingAndRunsNothingTwice() throws Exception {
    lives.begin();
    load.start(CLIENTS);
    log.awaitAcknowledged(100, PATIENCE);
    lives.running().sigterm();
    lives.awaitEnd(DRAIN.plusSeconds(2));
    assertThat(lives.code()).isIn(0, 143);
    lives.begin();
    log.awaitAcknowledged(50, PATIENCE);
    load.end();

    Promises.awaitDone(lives.running());
    Promises.awaitTold(log, ledger, lives.running());
    Promises.Account account = Promises.check(log, ledger, lives.running(), 0, CONCURRENCY);
    assertThat(account.duplicates()).isZero();
  }

  @Test
  void aSecondProcessOnTheSameFolderRefusesToStart() {
    TidegateProcess first = lives.begin();
    try (var second = TidegateProcess.spawn(file("second")).expectErrors()) {
      assertThat(second.exitCode(PATIENCE)).isEqualTo(1);
      assertThat(String.join("\n", second.lines()))
          .contains("stores.jobs.path: " + folder.resolve("jobs") + " is in use");
    }
    log.submit(first, "/tasks/ok/1");
    Promises.awaitDone(first);
  }
}
