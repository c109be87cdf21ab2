package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StartupIT {
  private static final Path HOME = Path.of(System.getProperty("java.home"));

  @TempDir Path folder;

  /** What a command printed and how it ended. */
  private record Ran(int code, String out, String err) {}

  private Ran run(Path home, String... arguments) throws Exception {
    Process process = TidegateProcess.launch(home, folder, List.of(), arguments);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ran(
        process.exitValue(),
        new String(process.getInputStream().readAllBytes(), UTF_8),
        new String(process.getErrorStream().readAllBytes(), UTF_8));
  }

  private Ran run(String... arguments) throws Exception {
    return run(HOME, arguments);
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("file.yaml"), yaml);
  }

  private static final String VALID =
      """
      server: {host: 127.0.0.1, port: 0}
      admin: {port: 0}
      routes:
        - {id: hi, match: {path: /**}, respond: {body: hi}}
      """;

  private static final String WITH_THREE_ERRORS =
      """
      server: {prot: 8080}
      upstreams:
        origin: {endpoints: ['http://127.0.0.1:1'], pool: {wait: 5}}
      routes:
        - {id: all, match: {path: /**}, upstream: orgin}
      """;

  @Test
  void startsInAboutASecondAndPrintsNothingButItsLog() {
    long before = System.nanoTime();
    try (TidegateProcess gateway = TidegateProcess.start(VALID)) {
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      assertThat(RawClient.exchange(gateway.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text())
          .isEqualTo("hi");
      assertThat(took).isLessThan(Duration.ofSeconds(8));
      assertThat(gateway.lines()).allSatisfy(line -> assertThat(line).startsWith("{"));
    }
  }

  @Test
  void printsNoWarningOnTheNewestJava() throws Exception {
    Optional<Path> newest = newestJava();
    assumeThat(newest).as("a Java newer than this one").isPresent();
    Path config = file(VALID);
    Process process =
        TidegateProcess.launch(newest.get(), folder, List.of(), "run", "-c", config.toString());
    var lines = new java.util.concurrent.LinkedBlockingQueue<String>();
    Threads.run(() -> process.inputReader().lines().forEach(lines::add));
    for (String line = ""; !line.contains("\"started\""); ) {
      line = lines.poll(30, TimeUnit.SECONDS);
      assertThat(line).as("a line of the log").isNotNull().startsWith("{");
    }
    process.toHandle().destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8)).isEmpty();
  }

  private static Optional<Path> newestJava() throws IOException {
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes
          .filter(home -> home.getFileName().toString().contains("25"))
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .findFirst();
    }
  }

  @Test
  void refusesToStartWithABadFileAndNamesEveryError() throws Exception {
    Ran ran = run("run", "-c", file(WITH_THREE_ERRORS).toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out() + ran.err())
        .contains("file.yaml:1:", "server.prot", "port", "upstreams.origin.pool.wait", "orgin");
  }

  @Test
  void checksAFileWithoutRunningIt() throws Exception {
    Ran good = run("check", file(VALID).toString());
    assertThat(good.code()).isZero();
    Ran bad = run("check", file(WITH_THREE_ERRORS).toString());
    assertThat(bad.code()).isEqualTo(1);
    assertThat(bad.out() + bad.err())
        .contains("server.prot", "upstreams.origin.pool.wait", "routes[0].upstream");
    assertThat(run("check", "no-such-file.yaml").code()).isIn(1, 2);
  }

  @Test
  void explainsWhichRouteTakesARequest() throws Exception {
    Ran explained = run("explain", file(VALID).toString(), "GET", "http://a.test/x");
    assertThat(explained.code()).isZero();
    assertThat(explained.out()).contains("hi");
  }

  @Test
  void tellsItsVersionAndItsUse() throws Exception {
    Ran version = run("--version");
    assertThat(version.code()).isZero();
    assertThat(version.out()).containsPattern("[0-9]+\\.[0-9]+\\.[0-9]+");
    Ran help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("run", "check", "explain");
    assertThat(run("check", "--help").code()).isZero();
    Ran wrong = run("dance");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("dance");
  }

  @Test
  void saysWhenItsPortIsTaken() throws Exception {
    try (var taken = new java.net.ServerSocket(0)) {
      Path config = file(VALID.replaceFirst("port: 0", "port: " + taken.getLocalPort()));
      Ran ran = run("run", "-c", config.toString());
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out() + ran.err()).contains(Integer.toString(taken.getLocalPort()));
    }
  }
}
