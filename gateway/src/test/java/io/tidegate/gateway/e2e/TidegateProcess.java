package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The jar as users run it: a process with a configuration of its own, on ports of its own choice.
 * Closing it ends it and fails if it logged a leaked buffer or an error that nobody expected.
 */
final class TidegateProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final List<String> JAR = List.of("-jar", System.getProperty("tidegate.jar"));
  private static final List<String> FLAGS =
      List.of("-Xmx128m", "-ea", "-Dio.netty.leakDetection.level=paranoid");

  private final Path folder;
  private final Path config;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final List<JsonObject> events = new ArrayList<>();
  private boolean errorsExpected;
  private int port;
  private int adminPort;

  private TidegateProcess(Path folder, Path config, Process process) {
    this.folder = folder;
    this.config = config;
    this.process = process;
    collect("stdout", process.getInputStream());
    collect("stderr", process.getErrorStream());
  }

  /** Launches the jar with a configuration. */
  private interface Launch {
    Process with(Path folder, String config) throws IOException;
  }

  /** Starts with {@code yaml}, under ports of its own where it names none, and waits for it. */
  static TidegateProcess start(String yaml, String... flags) {
    return started(spawn(yaml, flags));
  }

  /** With what a user put beside the jar on the class path. */
  static TidegateProcess startBeside(Path javaHome, Path jar, String yaml, String... flags) {
    String both = System.getProperty("tidegate.jar") + File.pathSeparator + jar;
    var program = List.of("-cp", both, "io.tidegate.gateway.launch.Tidegate");
    return started(
        spawn(
            yaml,
            (folder, config) ->
                launch(javaHome, folder, List.of(flags), program, "run", "-c", config)));
  }

  private static TidegateProcess started(TidegateProcess process) {
    if (!process.awaitStart()) {
      process.process.destroyForcibly();
      throw new AssertionError("did not start:\n" + process.tail());
    }
    return process;
  }

  /** Starts with {@code yaml}, and does not wait. */
  static TidegateProcess spawn(String yaml, String... flags) {
    return spawn(yaml, (folder, config) -> launch(folder, List.of(flags), "run", "-c", config));
  }

  /** As the last words of the command {@code under}, which has to become it (exec). */
  static TidegateProcess spawnUnder(List<String> under, String yaml, String... flags) {
    return spawn(
        yaml,
        (folder, config) -> {
          var command = new ArrayList<>(under);
          command.addAll(command(JAVA_HOME, List.of(flags), JAR, "run", "-c", config));
          return new ProcessBuilder(command).directory(folder.toFile()).start();
        });
  }

  private static TidegateProcess spawn(String yaml, Launch launch) {
    try {
      Path folder = Files.createTempDirectory("tidegate-it");
      Path config = Files.writeString(folder.resolve("tidegate.yaml"), complete(yaml));
      return new TidegateProcess(folder, config, launch.with(folder, config.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One upstream behind one route for everything. */
  static TidegateProcess proxying(String url) {
    return start(proxyTo(url));
  }

  static String proxyTo(String url) {
    return """
        upstreams:
          origin: {endpoints: ['%s']}
        routes:
          - {id: all, match: {path: /**}, upstream: origin}
        """
        .formatted(url);
  }

  /** Starts the jar with any arguments, its working folder {@code folder}. */
  static Process launch(Path folder, List<String> flags, String... arguments) throws IOException {
    return launch(JAVA_HOME, folder, flags, arguments);
  }

  static Process launch(Path javaHome, Path folder, List<String> flags, String... arguments)
      throws IOException {
    return launch(javaHome, folder, flags, JAR, arguments);
  }

  private static Process launch(
      Path javaHome, Path folder, List<String> flags, List<String> program, String... arguments)
      throws IOException {
    return new ProcessBuilder(command(javaHome, flags, program, arguments))
        .directory(folder.toFile())
        .start();
  }

  private static List<String> command(
      Path javaHome, List<String> flags, List<String> program, String... arguments) {
    var command = new ArrayList<String>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.addAll(program);
    command.addAll(List.of(arguments));
    return command;
  }

  private static String complete(String yaml) {
    String server = yaml.contains("server:") ? "" : "server: {host: 127.0.0.1, port: 0}\n";
    String admin = yaml.contains("admin:") ? "" : "admin: {port: 0}\n";
    return server + admin + yaml;
  }

  int port() {
    return port;
  }

  int adminPort() {
    return adminPort;
  }

  long pid() {
    return process.pid();
  }

  Process process() {
    return process;
  }

  /** Replaces the configuration file in one step. */
  void rewrite(String yaml) {
    try {
      Path next = Files.writeString(folder.resolve("next.yaml"), complete(yaml));
      Files.move(next, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer of the admin port. */
  RawClient.Response admin(String method, String path) {
    return RawClient.exchange(
        adminPort,
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
            + "Connection: close\r\n\r\n");
  }

  /** The sum of all series of {@code name} whose labels contain each of {@code labels}. */
  double metric(String name, String... labels) {
    return admin("GET", "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The first access log line, past or future, of a request for {@code path}. */
  JsonObject awaitAccess(String path) {
    return awaitEvent(e -> path.equals(e.getString("path")) && e.containsKey("status"));
  }

  /** The first log line, past or future, that is JSON and passes {@code wanted}. */
  JsonObject awaitEvent(Predicate<JsonObject> wanted) {
    return await(wanted, PATIENCE, () -> true)
        .orElseThrow(() -> new AssertionError("not logged in time; last lines:\n" + tail()));
  }

  /** Everything printed so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Errors in the log are part of the test. */
  TidegateProcess expectErrors() {
    errorsExpected = true;
    return this;
  }

  void sigterm() {
    signal("TERM");
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Exit code, which must be there within {@code limit}. */
  int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), MILLISECONDS)) {
        throw new AssertionError("still running after " + limit + "; last lines:\n" + tail());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        revealLeaks();
        sigterm();
        exitCode(Duration.ofSeconds(30));
      }
    } finally {
      process.destroyForcibly();
      delete(folder);
    }
    List<String> bad = lines().stream().filter(this::isBad).toList();
    if (!bad.isEmpty()) {
      throw new AssertionError("the gateway logged:\n" + String.join("\n", bad));
    }
  }

  private boolean isBad(String line) {
    return line.contains("LEAK:")
        || !errorsExpected
            && (line.contains("\"ERROR\"")
                || line.contains("Exception in thread")
                || line.startsWith("\tat "));
  }

  /** Netty reports a leaked buffer when another is allocated after a collection. */
  private void revealLeaks() {
    try {
      Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
      new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      for (int i = 0; i < 8; i++) {
        admin("GET", "/health/live");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until it serves; false: it ended before. */
  boolean awaitStart() {
    Optional<JsonObject> event =
        await(e -> "started".equals(e.getString("event")), START, process::isAlive);
    event.ifPresent(
        started -> {
          port = started.getInteger("port");
          adminPort = started.getInteger("admin_port");
        });
    return event.isPresent();
  }

  private Optional<JsonObject> await(
      Predicate<JsonObject> wanted, Duration limit, BooleanSupplier worthwhile) {
    long end = System.nanoTime() + limit.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < events.size(); seen++) {
          if (wanted.test(events.get(seen))) {
            return Optional.of(events.get(seen));
          }
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0 || !worthwhile.getAsBoolean()) {
          return Optional.empty();
        }
        try {
          lines.wait(Math.min(left, 100));
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private void collect(String name, InputStream stream) {
    var thread =
        new Thread(
            () -> {
              try (var reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                reader.lines().forEach(this::note);
              } catch (IOException | UncheckedIOException ended) {
                // The process is gone.
              }
            },
            "tidegate-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void note(String line) {
    synchronized (lines) {
      lines.add(line);
      if (line.startsWith("{")) {
        try {
          events.add(new JsonObject(line));
        } catch (DecodeException notJson) {
          // Kept as text.
        }
      }
      lines.notifyAll();
    }
  }

  private String tail() {
    List<String> all = lines();
    return String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
