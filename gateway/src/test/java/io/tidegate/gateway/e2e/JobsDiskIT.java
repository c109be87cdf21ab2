package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What disks do: they are full, they forget, they cannot be written to. Full and read-only ones are
 * real file systems that only the process under test sees.
 */
@Timeout(120)
class JobsDiskIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CONCURRENCY = 4;

  @TempDir private Path folder;
  private final ClientLog log = new ClientLog();
  private Ledger ledger;
  private TidegateProcess gateway;
  private int life;

  @BeforeEach
  void start() {
    ledger = Ledger.start(folder);
  }

  @AfterEach
  void stop() {
    try {
      if (gateway != null) {
        gateway.expectErrors().close();
      }
    } finally {
      ledger.close();
    }
  }

  private String file(String store) {
    return JobsConfig.of(ledger.url(), "life-" + ++life, CONCURRENCY)
        + "stores: {jobs: {"
        + store
        + "}}\n";
  }

  private void begin(List<String> under, String store) {
    gateway = TidegateProcess.spawnUnder(under, file(store), "-XX:TieredStopAtLevel=1");
    assertThat(gateway.awaitStart()).as(gateway.lines().toString()).isTrue();
  }

  /** What it says when it does not start. */
  private String refusal(List<String> under, String store) {
    gateway = TidegateProcess.spawnUnder(under, file(store)).expectErrors();
    assertThat(gateway.exitCode(PATIENCE)).isEqualTo(1);
    return String.join("\n", gateway.lines());
  }

  /** A command that becomes its last words, in a world of its own where {@code setUp} was done. */
  private static List<String> apart(String setUp) throws Exception {
    for (String own : List.of("-m", "-rm")) { // As root, or as root of a world of one's own.
      Process tried = new ProcessBuilder("unshare", own, "sh", "-c", setUp).start();
      if (tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0) {
        return List.of("unshare", own, "sh", "-c", setUp + " && exec \"$@\"", "sh");
      }
    }
    return List.of();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void aFullDiskRefusesNewJobsAndLetsThoseThatRunEnd() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    List<String> apart = apart("mount -t tmpfs -o size=256m tmpfs " + disk);
    assumeTrue(!apart.isEmpty(), "neither mount nor user namespaces are permitted");
    begin(apart, "path: '" + disk.resolve("jobs") + "'");
    Path seen = Path.of("/proc/" + gateway.pid() + "/root" + disk);
    await("something is put in reserve", () -> Files.exists(seen.resolve("jobs/RESERVE")));
    for (int i = 0; i < CONCURRENCY; i++) {
      log.submit(gateway, "/tasks/hold-2000/" + i);
    }
    ledger.await(CONCURRENCY, PATIENCE, any -> true);

    fill(seen.resolve("filler"));

    RawClient.Response refused = ClientLog.post(gateway, "/tasks/ok/1");
    assertThat(refused.status()).isIn(503, 507);
    assertThat(refused.header("retry-after")).isPresent();
    Promises.awaitDone(gateway);
    assertThat(ledger.executions()).hasSize(CONCURRENCY);

    Files.delete(seen.resolve("filler"));
    await("taken again", () -> ClientLog.post(gateway, "/tasks/ok/2").status() == 202);
    log.submits("/tasks/ok/2");
    log.submit(gateway, "/tasks/ok/3");
    Promises.awaitDone(gateway);
    assertThat(Promises.check(log, ledger, gateway, 0, CONCURRENCY).duplicates()).isZero();
  }

  private static void fill(Path file) throws IOException {
    byte[] chunk = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void aFileThatWasDamagedIsNotServed() throws Exception {
    Path jobs = folder.resolve("jobs");
    begin(List.of(), "path: '" + jobs + "', disk-floor: 0B");
    for (int i = 0; i < 50; i++) {
      log.submit(gateway, "/tasks/ok/" + i);
    }
    gateway.process().destroyForcibly();
    gateway.exitCode(PATIENCE);
    gateway.close();
    try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + jobs.resolve("jobs.db"));
        Statement statement = file.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    try (var file = new RandomAccessFile(jobs.resolve("jobs.db").toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write(new byte[8192]);
    }

    assertThat(refusal(List.of(), "path: '" + jobs + "'"))
        .contains("stores.jobs")
        .contains("jobs.db is corrupt");
  }

  @Test
  void aFolderThatCannotBeWrittenToIsNamed() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    List<String> apart = apart("mount -t tmpfs tmpfs " + disk + " && mount -o remount,ro " + disk);
    assumeTrue(!apart.isEmpty(), "neither mount nor user namespaces are permitted");

    assertThat(refusal(apart, "path: '" + disk.resolve("jobs") + "'"))
        .contains("stores.jobs.path: " + disk.resolve("jobs"))
        .contains("Read-only file system");
  }
}
