package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The handler of conf/examples/handler, compiled and run as its file says. */
@Timeout(90)
class JobsHandlerIT {
  private static final String SERVICE = "META-INF/services/io.tidegate.worker.api.JobHandler";
  private static final String CLASS = "com/example/ProgramHandler";

  /** Does what the job's body says. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      read -r wish
      case "$wish" in
        fine) echo "did $wish as $JOB_KEY" ;;
        later) [ -e "$0.tried" ] && echo done || { touch "$0.tried"; exit 75; } ;;
        wrong) echo nonsense; exit 3 ;;
        hang*) echo $$ > "$0.$wish"; exec sleep 60 ;;
      esac
      """;

  @TempDir private static Path folder;
  private static Path jar;
  private static Path program;
  private TidegateProcess gateway;

  @BeforeAll
  static void build() throws IOException {
    Path example = example();
    Path classes = folder.resolve("classes");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-cp",
                System.getProperty("tidegate.jar"),
                "-d",
                classes.toString(),
                example.resolve(CLASS + ".java").toString());
    assertThat(compiled).isZero();
    jar = folder.resolve("mine.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      add(out, SERVICE, example.resolve(SERVICE));
      add(out, CLASS + ".class", classes.resolve(CLASS + ".class"));
    }
    program = Files.writeString(folder.resolve("program"), PROGRAM);
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private static Path example() {
    Path here = Path.of("conf/examples/handler");
    return Files.isDirectory(here) ? here : Path.of("..").resolve(here);
  }

  private static void add(JarOutputStream jar, String name, Path file) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    copy(file, jar);
    jar.closeEntry();
  }

  private static void copy(Path file, OutputStream to) throws IOException {
    Files.copy(file, to);
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
    try (Stream<Path> notes = Files.list(folder)) {
      for (Path note : notes.filter(f -> f.toString().contains("program.")).toList()) {
        Files.delete(note);
      }
    }
  }

  /** The Java of this test, and the newest beside it, which has virtual threads. */
  static Stream<Path> javas() throws IOException {
    Path own = Path.of(System.getProperty("java.home"));
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Stream.of(own);
    }
    try (Stream<Path> homes = Files.list(all)) {
      List<Path> newest =
          homes
              .filter(home -> home.getFileName().toString().contains("25"))
              .filter(home -> Files.isExecutable(home.resolve("bin/java")))
              .limit(1)
              .toList();
      return Stream.concat(Stream.of(own), newest.stream());
    }
  }

  private void start(Path java) {
    gateway =
        TidegateProcess.startBeside(
            java,
            jar,
            """
            queues:
              programs: {handler: program, retry: {attempts: 2, backoff: {base: 50ms, max: 50ms}}}
              short: {handler: program, timeout: 1s, retry: {attempts: 1}}
            routes:
              - {id: run, match: {path: /run}, respond: {status: 404}, async: {queue: programs, when: always}}
              - {id: short, match: {path: /short}, respond: {status: 404}, async: {queue: short, when: always}}
            """,
            "-Dprogram=" + program,
            "--enable-native-access=ALL-UNNAMED");
  }

  private RawClient.Response ask(String method, String path, String body, String more) {
    return RawClient.exchange(
        gateway.port(),
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + more
            + "\r\n"
            + body);
  }

  private String submit(String path, String wish) {
    RawClient.Response accepted = ask("POST", path, wish + "\n", "");
    return accepted.header("location").orElseThrow(() -> new AssertionError(accepted.text()));
  }

  private JsonObject over(String job) {
    RawClient.Response result = ask("GET", job + "/result", "", "Prefer: wait=20\r\n");
    assertThat(result.status()).as(result.text()).isNotEqualTo(202);
    return new JsonObject(ask("GET", job, "", "").text());
  }

  /** The process that works on it. */
  private static ProcessHandle working(String wish) throws IOException {
    Path note = folder.resolve("program." + wish);
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!Files.exists(note) || Files.readString(note).isBlank()) {
      assertThat(System.nanoTime()).as("a program that hangs").isLessThan(end);
    }
    return ProcessHandle.of(Long.parseLong(Files.readString(note).trim())).orElseThrow();
  }

  private static void gone(ProcessHandle process) {
    assertThat(process.onExit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void itsResultFailureAndSecondTryAreThoseOfTheJob(Path java) {
    start(java);
    String fine = submit("/run", "fine");
    assertThat(over(fine).getString("state")).isEqualTo("succeeded");
    RawClient.Response result = ask("GET", fine + "/result", "", "");
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.header("content-type")).contains("text/plain");
    assertThat(result.text()).isEqualTo("did fine as " + fine.substring("/jobs/".length()) + "\n");

    JsonObject later = over(submit("/run", "later"));
    assertThat(later.getString("state")).isEqualTo("succeeded");
    assertThat(later.getInteger("attempts")).isEqualTo(1);

    JsonObject wrong = over(submit("/run", "wrong"));
    assertThat(wrong.getString("state")).isEqualTo("failed");
    assertThat(wrong.getJsonObject("last_error").getString("message")).contains("ended with 3");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void itIsInterruptedByACancelAndByItsTimeout(Path java) throws IOException {
    start(java);
    String canceled = submit("/run", "hang-1");
    ProcessHandle first = working("hang-1");
    ask("POST", canceled + "/cancel", "", "");
    gone(first);
    assertThat(over(canceled).getString("state")).isEqualTo("canceled");

    String late = submit("/short", "hang-2");
    gone(working("hang-2"));
    JsonObject dead = over(late);
    assertThat(dead.getString("state")).isEqualTo("dead");
    assertThat(dead.getJsonObject("last_error").getString("type")).isEqualTo("timeout");
  }
}
