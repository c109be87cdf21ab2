package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The README's tour, line by line, against the default configuration. In its {@code console} blocks
 * a line after {@code $} is a command, what follows is its output; {@code …} stands for anything,
 * within a line or, alone on a line, for any lines.
 */
@Timeout(60)
class ReadmeTourIT {
  private static final Path ROOT = Path.of(System.getProperty("tidegate.root"));

  private static final String JAVA = Path.of(System.getProperty("java.home"), "bin").toString();

  private static Process gateway;

  /** A command of the README and what it says the command prints. */
  record Stop(String command, String output) {
    @Override
    public String toString() {
      return command;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    gateway = TidegateProcess.launch(ROOT, List.of());
    var lines = new java.util.concurrent.LinkedBlockingQueue<String>();
    Threads.run(() -> gateway.inputReader().lines().forEach(lines::add));
    Threads.run(() -> gateway.errorReader().lines().forEach(lines::add));
    for (String line = ""; !line.contains("\"started\""); ) {
      line = lines.poll(30, TimeUnit.SECONDS);
      assertThat(line).as("ports 8080, 9090 and 9000 have to be free").isNotNull();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.toHandle().destroy();
    assertThat(gateway.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("tour")
  void printsWhatTheReadmeSays(Stop stop) throws Exception {
    var builder = new ProcessBuilder("bash", "-c", stop.command()).redirectErrorStream(true);
    builder.environment().merge("PATH", JAVA, (path, java) -> java + ":" + path);
    Process shell = builder.directory(ROOT.toFile()).start();
    assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String printed = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(printed.replace("\r", "").strip()).matches(pattern(stop.output()));
  }

  static List<Stop> tour() throws IOException {
    var stops = new ArrayList<Stop>();
    String command = null;
    var output = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
      boolean fence = line.startsWith("```");
      if (command != null && (fence || line.startsWith("$ "))) {
        stops.add(new Stop(command, output.toString()));
        command = null;
        output.setLength(0);
      }
      if (fence) {
        inside = line.equals("```console");
      } else if (inside && line.startsWith("$ ")) {
        command = line.substring(2);
      } else if (command != null) {
        output.append(line).append('\n');
      }
    }
    assertThat(stops).as("stops of the tour").hasSizeGreaterThan(5);
    return stops;
  }

  private static Pattern pattern(String output) {
    var regex = new StringBuilder();
    for (String part : output.strip().split("…", -1)) {
      regex.append(regex.length() == 0 ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
