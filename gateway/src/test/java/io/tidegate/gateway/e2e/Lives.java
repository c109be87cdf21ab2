package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One gateway that dies and lives again, on the same data. Each life has a number, which its
 * requests carry, so that the upstream can tell who asked. Whoever wants to talk to it waits while
 * it is dead. Closing it ends the last life.
 */
final class Lives implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Most of the time goes into starts. */
  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-Dio.netty.leakDetection.level=simple");

  private final String name;
  private final Function<String, String> file;
  private final BiConsumer<String, Long> births;
  private final List<Duration> starts = new ArrayList<>();
  private volatile CompletableFuture<TidegateProcess> current = new CompletableFuture<>();
  private int life;
  private int code;

  /**
   * @param name of all lives, before their number
   * @param file the configuration of a life; {@link #mark} says who it is
   */
  Lives(String name, Function<String, String> file) {
    this(name, file, (life, pid) -> {});
  }

  /**
   * @param births told of the process of each life before it does anything
   */
  Lives(String name, Function<String, String> file, BiConsumer<String, Long> births) {
    this.name = name;
    this.file = file;
    this.births = births;
  }

  /** Jobs in files of this node. */
  static String embedded(Path jobs) {
    return "stores: {jobs: {path: '" + jobs + "', disk-floor: 0B}}\n";
  }

  /** Jobs in Redis. */
  static String redis(RedisNode redis, String durability) {
    return "stores: {redis: {url: '"
        + redis.url()
        + "', timeout: 1s}, jobs: {engine: redis, prefix: it, durability: "
        + durability
        + "}}\n";
  }

  /** What a route has to have for the upstream to know the life. */
  static String mark(String life) {
    return "request: {set: {X-Life: '" + life + "'}}";
  }

  /** The life that is, or that comes next. */
  String life() {
    return name + life;
  }

  /** Begins the next life. */
  TidegateProcess begin(String... flags) {
    return tryBegin(flags)
        .orElseThrow(() -> new AssertionError(life() + " ended before it served anybody"));
  }

  /** Begins the next life; empty when it ended before it served anybody. */
  Optional<TidegateProcess> tryBegin(String... flags) {
    var all = new ArrayList<>(FLAGS);
    all.addAll(List.of(flags));
    long begun = System.nanoTime();
    TidegateProcess next = TidegateProcess.spawn(file.apply(life()), all.toArray(String[]::new));
    births.accept(life(), next.pid());
    if (next.awaitStart()) {
      starts.add(Duration.ofNanos(System.nanoTime() - begun));
      current.complete(next);
      return Optional.of(next);
    }
    code = next.exitCode(PATIENCE);
    life++;
    next.close();
    return Optional.empty();
  }

  /** Kills it, as the system would when it needs memory. */
  void kill() {
    TidegateProcess killed = running();
    current = new CompletableFuture<>();
    life++;
    try (killed) {
      killed.process().destroyForcibly();
      killed.exitCode(PATIENCE);
    }
  }

  /** Waits until it ends by itself. */
  void awaitEnd(Duration limit) {
    TidegateProcess ending = running();
    code = ending.exitCode(limit);
    current = new CompletableFuture<>();
    life++;
    ending.close();
  }

  /** What the last life ended with. */
  int code() {
    return code;
  }

  /** The process, once it is there. */
  TidegateProcess running() {
    try {
      return current.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException dead) {
      throw new IllegalStateException(life() + " was not started", dead);
    }
  }

  /** Whether it is the life that is, and nobody has asked it to end. */
  boolean isRunning(TidegateProcess one) {
    return one == current.getNow(null) && one.process().isAlive();
  }

  /** From the command to the first request that can be taken, of each life so far. */
  List<Duration> starts() {
    return List.copyOf(starts);
  }

  /** Looks, between two lives, whether what the last one left is in order. */
  static void assertIntact(Path jobs) {
    try {
      Path copy = Files.createTempDirectory(jobs.getParent(), "copy");
      // To look is to recover: not on the files that the next life is to recover itself.
      for (String file : List.of("jobs.db", "jobs.db-wal")) {
        if (Files.exists(jobs.resolve(file))) {
          Files.copy(jobs.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      try (Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + copy.resolve("jobs.db"));
          ResultSet found = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
        assertThat(found.next()).isTrue();
        assertThat(found.getString(1)).isEqualTo("ok");
      } finally {
        delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public void close() {
    TidegateProcess last = current.getNow(null);
    if (last != null) {
      last.close();
    }
  }
}
