package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.e2e.FailpointAgent.When;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies at each place where something was begun and is not finished, with 64 jobs and 64
 * clients at once. Each build takes some of the places; {@code mvn -Pkill verify}: all of them, 20
 * times.
 */
@Tag("kill")
@Timeout(7200)
class JobsPlacesIT {
  /** 0: only some of the places, once. */
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 0);

  private static final int AT_ONCE = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What has to be done for the process to get there. */
  private enum By {
    WORK,
    /** It dies before it serves. */
    START,
    REST,
    STOP
  }

  private enum Place {
    BODY_READ("gateway.offload.Intake", "job", When.EXIT),
    KEY_LOOKED_UP("worker.store.sqlite.Create", "answered", When.EXIT),
    BATCH_OPEN("worker.store.sqlite.Writer", "begin", When.EXIT),
    JOB_INSERTED("worker.store.sqlite.Create", "insert", When.EXIT),
    BEFORE_COMMIT("worker.store.sqlite.Writer", "commit", When.ENTRY),
    DURING_COMMIT("worker.store.sqlite.Writer", "commit", When.DURING),
    AFTER_COMMIT("worker.store.sqlite.Writer", "commit", When.EXIT),
    BEFORE_202("gateway.offload.JobReplies", "accepted", When.EXIT),
    AFTER_202("gateway.edge.Responder", "sendAnswer", When.EXIT),
    LEASE_WRITTEN("worker.store.sqlite.Leasing", "read", When.EXIT),
    LEASE_COMMITTED("worker.run.Dispatcher", "board", When.ENTRY),
    UPSTREAM_CONNECTED("gateway.upstream.UpstreamCall", "connected", When.ENTRY),
    /** Those that were running a line above. */
    REAPED("worker.store.sqlite.Settle", "crashed", When.EXIT, By.START),
    REQUEST_SENT("gateway.upstream.UpstreamCall", "sendBody", When.EXIT),
    RESPONSE_HEAD("gateway.upstream.UpstreamCall", "answered", When.ENTRY),
    RUN_OVER("worker.run.Dispatcher", "land", When.ENTRY),
    RESULT_WRITTEN("worker.store.sqlite.Settle", "keep", When.EXIT),
    END_WRITTEN("worker.store.sqlite.Settle", "end", When.EXIT),
    END_COMMITTED("worker.run.Dispatcher", "settled", When.ENTRY),
    EVENT_SENT("gateway.offload.EventStream", "tell", When.EXIT),
    CALLBACK_DUE("worker.run.Callbacks", "request", When.EXIT),
    CALLED_BACK("gateway.offload.Callbacks", "told", When.ENTRY),
    RETRY_WRITTEN("worker.store.sqlite.Settle", "again", When.EXIT),
    PROMOTED("worker.store.sqlite.Tend", "promote", When.NOT_IN_VAIN),
    CANCELED("worker.store.sqlite.Changing", "cancel", When.EXIT),
    REQUEUED("worker.store.sqlite.Changing", "requeue", When.EXIT),
    FORGOTTEN("worker.store.sqlite.Changing", "forget", When.EXIT),
    RECOVERED("worker.store.sqlite.Ledger", "boot", When.EXIT, By.START),
    BEFORE_CHECKPOINT("worker.store.sqlite.Checkpoints", "checkpoint", When.ENTRY, By.REST),
    DURING_CHECKPOINT("worker.store.sqlite.Checkpoints", "checkpoint", When.DURING, By.REST),
    AFTER_CHECKPOINT("worker.store.sqlite.Checkpoints", "checkpoint", When.EXIT, By.REST),
    RELEASED("worker.store.sqlite.Settle", "release", When.EXIT, By.STOP),
    /** Comes once a minute. */
    SCHEDULE_FIRED("worker.run.Clockwork", "make", When.EXIT);

    /** Enough for each build: one of each kind. */
    private static final Set<Place> FEW =
        EnumSet.of(
            DURING_COMMIT, LEASE_COMMITTED, REAPED, END_WRITTEN, DURING_CHECKPOINT, RELEASED);

    final String type;
    final String method;
    final When when;
    final By by;

    Place(String type, String method, When when) {
      this(type, method, when, By.WORK);
    }

    Place(String type, String method, When when, By by) {
      this.type = "io.tidegate." + type;
      this.method = method;
      this.when = when;
      this.by = by;
    }

    /** How often it is passed before: not the first time, where there are many. */
    int passes() {
      boolean often = by == By.WORK && ordinal() <= END_COMMITTED.ordinal();
      return often ? ThreadLocalRandom.current().nextInt(50) : 0;
    }
  }

  @TempDir private Path folder;
  private Path agent;
  private Ledger ledger;
  private Lives lives;
  private ClientLog log;
  private MixedLoad load;

  @BeforeEach
  void start() {
    agent = FailpointAgent.jar(folder);
    ledger = Ledger.start(folder);
    lives = new Lives("only-", this::file);
    log = new ClientLog();
    load = new MixedLoad(() -> lives, log, ledger, 600);
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
    return JobsConfig.ticking(ledger.url(), life, AT_ONCE).replace("grace: 5s", "grace: 0s")
        + Lives.embedded(folder.resolve("jobs"));
  }

  @Test
  void noPlaceToDieBreaksAPromise() throws Exception {
    long begun = System.nanoTime();
    load.start(AT_ONCE);
    for (int round = 0; round < Math.max(1, ROUNDS); round++) {
      for (Place place : places()) {
        dieAt(place);
        Lives.assertIntact(folder.resolve("jobs"));
      }
    }
    lives.begin();
    log.awaitAcknowledged(2 * AT_ONCE, PATIENCE);
    load.end();
    load.resend(100);

    Promises.awaitDone(lives.running());
    Promises.awaitTold(log, ledger, lives.running());
    int kills = Math.max(1, ROUNDS) * places().size();
    var account = Promises.check(log, ledger, lives.running(), kills, AT_ONCE);
    System.out.println(kills + " ends at places: " + account);
    assertThat(log.acknowledged()).hasSizeGreaterThan(100);
    assertThat(account.poisoned()).as("innocent jobs taken for poison").isZero();
    long minutes = Duration.ofNanos(System.nanoTime() - begun).toMinutes() + 1;
    assertThat(account.scheduled()).as("jobs of a schedule").isLessThanOrEqualTo((int) minutes);
  }

  private static Collection<Place> places() {
    return ROUNDS == 0 ? Place.FEW : List.of(Place.values());
  }

  private void dieAt(Place place) throws Exception {
    String flag = FailpointAgent.flag(agent, place.type, place.method, place.when, place.passes());
    // It may be there before it serves anybody: jobs do not wait for that.
    Optional<TidegateProcess> begun = lives.tryBegin(flag);
    if (begun.isPresent()) {
      lead(begun.get(), place.by);
      lives.awaitEnd(PATIENCE);
    }
    assertThat(lives.code()).as(place.name()).isEqualTo(FailpointAgent.CODE);
  }

  private void lead(TidegateProcess process, By what) throws InterruptedException {
    if (what == By.REST) {
      // It may get there before there is a rest: then nobody is acknowledged any more.
      log.awaitAcknowledged(AT_ONCE, PATIENCE, () -> !process.process().isAlive());
      load.rest(() -> process.exitCode(PATIENCE));
    } else if (what == By.STOP) {
      String running = log.submit(process, "/tasks/hold-3000/" + lives.life());
      ledger.await(1, PATIENCE, any -> any.job().equals(running));
      process.sigterm();
    }
  }
}
