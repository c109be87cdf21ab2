package io.tidegate.gateway.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Drives a port as hard as it goes: by wrk, or by {@link ClosedLoop} where there is none. */
final class Load {
  private static final String NUMBER = "([\\d.]+)";
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern HALF = Pattern.compile("50% +" + NUMBER + "(us|ms|s)");
  private static final Pattern TAIL = Pattern.compile("99% +" + NUMBER + "(us|ms|s)");
  private static final Pattern WRONG = Pattern.compile("Non-2xx|Socket errors");

  private final Tools tools;
  private final int connections;

  Load(Tools tools, int connections) {
    this.tools = tools;
    this.connections = connections;
  }

  /**
   * What came back.
   *
   * @param p50Micros latency under full load: it says how long the queue is, not how fast one is
   * @param wrong whether anything failed or was not answered by 2xx
   */
  record Result(long requests, double seconds, double p50Micros, double p99Micros, boolean wrong) {
    double perSecond() {
      return requests / seconds;
    }
  }

  Result run(int port, int seconds) throws IOException, InterruptedException {
    String duration = Integer.toString(seconds);
    String clients = Integer.toString(connections);
    Optional<String> wrk = Tools.find("wrk");
    List<String> command =
        wrk.isPresent()
            ? List.of(
                wrk.get(),
                "-t1",
                "-c" + clients,
                "-d" + duration + "s",
                "--latency",
                "http://127.0.0.1:" + port + "/some/path?with=query")
            : Tools.java(List.of(), ClosedLoop.class, Integer.toString(port), clients, duration);
    long begun = System.nanoTime();
    Process process = new ProcessBuilder(tools.beside(command)).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(seconds + 30L, TimeUnit.SECONDS)) {
        throw new IOException("the load did not end");
      }
      return read(said, (System.nanoTime() - begun) / 1e9);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Result read(String said, double seconds) throws IOException {
    Matcher requests = REQUESTS.matcher(said);
    if (!requests.find()) {
      throw new IOException("the load failed:\n" + said);
    }
    return new Result(
        Long.parseLong(requests.group(1)),
        seconds,
        micros(HALF, said),
        micros(TAIL, said),
        WRONG.matcher(said).find());
  }

  private static double micros(Pattern pattern, String said) {
    Matcher found = pattern.matcher(said);
    if (!found.find()) {
      return 0;
    }
    double value = Double.parseDouble(found.group(1));
    return switch (found.group(2)) {
      case "us" -> value;
      case "ms" -> value * 1e3;
      default -> value * 1e6;
    };
  }
}
