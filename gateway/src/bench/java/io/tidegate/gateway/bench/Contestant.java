package io.tidegate.gateway.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process under measurement, or beside one; ends with this program whatever happens. */
final class Contestant implements AutoCloseable {
  static final String LISTENING = "listening on ";

  private static final Pattern PORT = Pattern.compile("listening on (\\d+)|\"port\":(\\d+)");
  private static final long START_MILLIS = 60_000;
  private static final long TICKS_PER_SECOND = 100; // USER_HZ: fixed for programs on Linux

  private final String name;
  private final Process process;
  private final Path output;
  private final Thread hook;
  private int port;
  private long startMillis;

  private Contestant(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a program and waits until it says which port it listens on.
   *
   * @param port where it listens when it does not say so; 0: it does
   */
  static Contestant start(String name, List<String> command, Path folder, int port)
      throws IOException, InterruptedException {
    Path output = folder.resolve(name.replaceAll("[^a-z0-9]", "-") + ".log");
    long begun = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    var contestant = new Contestant(name, process, output);
    contestant.awaitPort(begun, port);
    return contestant;
  }

  private void awaitPort(long begun, int known) throws IOException, InterruptedException {
    while ((System.nanoTime() - begun) / 1_000_000 < START_MILLIS) {
      if (!process.isAlive()) {
        break;
      }
      port = known == 0 ? portFromOutput() : known;
      if (port != 0 && answers(port)) {
        startMillis = (System.nanoTime() - begun) / 1_000_000;
        return;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    String said = Files.readString(output);
    close();
    throw new IOException(name + " did not start; it said:\n" + said);
  }

  private int portFromOutput() throws IOException {
    Matcher found = PORT.matcher(Files.readString(output));
    if (!found.find()) {
      return 0;
    }
    return Integer.parseInt(found.group(1) == null ? found.group(2) : found.group(1));
  }

  private static boolean answers(int port) {
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** From the start of the process until it accepted a connection. */
  Duration startTime() {
    return Duration.ofMillis(startMillis);
  }

  /** CPU time of all its threads until now, user and system. */
  Duration cpu() throws IOException {
    String stat = Files.readString(proc("stat"));
    // The second field is the name in parentheses and may hold spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }

  /** Resident memory in MiB. */
  long residentMiB() throws IOException {
    for (String line : Files.readAllLines(proc("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    return 0;
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  /** Empties its log: a long run would fill the disk. */
  void forgetOutput() throws IOException {
    Files.write(output, new byte[0]);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
