package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A {@link LedgerUpstream} and what it has written. Closing it ends it. */
final class Ledger implements AutoCloseable {
  /**
   * Something that was asked of the upstream.
   *
   * @param life the process that asked
   * @param attempt the number that this process gave it
   * @param status what was answered; 0: nothing yet
   */
  record Execution(String life, String job, int attempt, String target, String key, int status) {}

  /**
   * Somebody who was told of the end of a job.
   *
   * @param id the same whenever the same end is told
   */
  record Told(String id, String state) {}

  private final Path file;
  private final Process process;
  private final int port;

  private Ledger(Path file, Process process, int port) {
    this.file = file;
    this.process = process;
    this.port = port;
  }

  static Ledger start(Path folder) {
    try {
      Path file = folder.resolve("ledger.log");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-Xss256k",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  classes().toString(),
                  LedgerUpstream.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      return new Ledger(file, process, Integer.parseInt(said.readLine()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It needs nothing but what is compiled beside it. */
  static Path classes() {
    try {
      return Path.of(
          LedgerUpstream.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** From now on a poison asked for by {@code life} kills {@code pid}. */
  void victim(String life, long pid) {
    RawClient.exchange(
        port,
        "PUT "
            + LedgerUpstream.VICTIM
            + life
            + "/"
            + pid
            + " HTTP/1.1\r\nHost: ledger\r\nContent-Length: 0\r\n\r\n");
  }

  /** All so far, in order. */
  List<Execution> executions() {
    Map<String, String> ends = new HashMap<>();
    List<String[]> starts = new ArrayList<>();
    for (String line : lines()) {
      String[] words = line.split(" ");
      if (words[0].equals("start")) {
        starts.add(words);
      } else if (words[0].equals("end")) {
        ends.put(words[1], words[2]);
      }
    }
    return starts.stream()
        .map(
            words ->
                new Execution(
                    words[2],
                    words[3],
                    Integer.parseInt(words[4]),
                    words[5],
                    words[6],
                    Integer.parseInt(ends.getOrDefault(words[1], "0"))))
        .toList();
  }

  /** Waits until {@code count} executions have begun that {@code which} is true of. */
  void await(int count, Duration limit, Predicate<Execution> which) {
    long end = System.nanoTime() + limit.toNanos();
    while (executions().stream().filter(which).count() < count) {
      if (System.nanoTime() > end) {
        throw new AssertionError("fewer than " + count + " in " + limit + ": " + executions());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** All so far, in order. */
  List<Told> told() {
    return lines().stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals("told"))
        .map(words -> new Told(words[1], words[2]))
        .toList();
  }

  private List<String> lines() {
    try {
      String all = Files.readString(file);
      return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
