package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that kills whoever runs it, among many that do no harm. */
@Timeout(180)
class JobsPoisonIT {
  private static final int MOST = 4;
  private static final int CONCURRENCY = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Ledger ledger;
  private Lives lives;
  private ClientLog log;
  private MixedLoad load;

  @BeforeEach
  void start() {
    ledger = Ledger.start(folder);
    lives =
        new Lives(
            "only-",
            life ->
                JobsConfig.of(ledger.url(), life, CONCURRENCY)
                    + Lives.embedded(folder.resolve("jobs")),
            ledger::victim);
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

  @Test
  void whatKillsItsRunnerIsBuriedAndTheOthersAreDone() throws Exception {
    TidegateProcess first = lives.begin();
    load.start(CONCURRENCY);
    log.awaitAcknowledged(50, PATIENCE);
    String poison = log.submit(first, "/tasks/poison/0");

    int crashes = 0;
    for (Optional<TidegateProcess> life = Optional.of(first);
        life.isEmpty() || !isDead(life.get(), poison);
        life = lives.tryBegin()) {
      if (life.isPresent()) {
        lives.awaitEnd(PATIENCE);
      }
      assertThat(++crashes).as("crashes").isLessThanOrEqualTo(MOST);
    }
    log.awaitAcknowledged(50, PATIENCE);
    load.end();

    TidegateProcess last = lives.running().expectErrors();
    Promises.awaitDone(last);
    Promises.awaitTold(log, ledger, last);
    Promises.Account account = Promises.check(log, ledger, last, crashes, CONCURRENCY);
    assertThat(account.poisoned()).as("jobs taken for poison").isOne();
    assertThat(Promises.job(last, poison).getJsonObject("last_error").getString("type"))
        .isEqualTo("poison");
    assertThat(last.metric("tidegate_jobs_dead_total", "reason=\"poison\"")).isOne();
    assertThat(doneMeanwhile()).as("jobs done from the first crash to the last").isPositive();
  }

  private static boolean isDead(TidegateProcess gateway, String job) {
    try {
      JsonObject now = Promises.job(gateway, job);
      return now.getString("state").equals("dead");
    } catch (AssertionError | RuntimeException killedMeanwhile) {
      return false;
    }
  }

  private long doneMeanwhile() {
    String last = lives.life();
    return ledger.executions().stream()
        .filter(one -> !one.life().equals("only-0") && !one.life().equals(last))
        .filter(one -> one.status() == 200 && !one.target().contains("/poison/"))
        .count();
  }
}
