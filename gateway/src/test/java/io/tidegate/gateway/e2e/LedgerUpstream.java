package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An upstream in a process of its own that writes down what it is asked to do before it does it.
 * What is on its disk happened, whatever anybody else remembers.
 *
 * <p>What it does is in the path, {@code /tasks/KIND/NUMBER}:
 *
 * <ul>
 *   <li>{@code ok}, and all that is not named here: 200 at once
 *   <li>{@code slow}: 200 after some tenths of a second; {@code hold-3000}: after 3 s
 *   <li>{@code flaky}: 500, and 200 the next time
 *   <li>{@code busy}: 503 with Retry-After, and 200 the next time
 *   <li>{@code refused}: 422
 *   <li>{@code broken}: 500 each time
 *   <li>{@code poison}: kills whoever asks, known by {@code X-Life}; see {@link #VICTIM}
 * </ul>
 */
final class LedgerUpstream {
  /** {@code PUT /victim/LIFE/PID}: says which process calls itself so. */
  static final String VICTIM = "/victim/";

  /** Where callbacks go. */
  static final String TOLD = "/told";

  private static final String NONE = "-";

  private final FileChannel log;
  private final AtomicLong executions = new AtomicLong();
  private final Map<String, Integer> busy = new ConcurrentHashMap<>();
  private final Map<String, Long> victims = new ConcurrentHashMap<>();
  private volatile RawUpstream upstream;

  private LedgerUpstream(Path file) throws IOException {
    log = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Argument: the file to write to. Says on which port it listens, and ends with its input. */
  public static void main(String[] arguments) throws IOException {
    var ledger = new LedgerUpstream(Path.of(arguments[0]));
    ledger.upstream = RawUpstream.start(ledger::answer);
    System.out.println(ledger.upstream.port());
    while (System.in.read() >= 0) {
      // Whoever started this still lives.
    }
    ledger.upstream.close();
  }

  private void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    String[] path = request.target().split("/");
    if (request.target().startsWith(VICTIM)) {
      victims.put(path[2], Long.valueOf(path[3]));
      connection.write("HTTP/1.1 204 No Content\r\n\r\n");
    } else if (request.target().equals(TOLD)) {
      told(request, connection);
    } else {
      execute(request, connection, path[2]);
    }
    upstream.forget(); // What counts is in the file.
  }

  private void told(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    String body = request.body().text();
    String state = body.replaceAll("(?s).*\"state\" *: *\"([a-z]+)\".*", "$1");
    write("told " + request.header("webhook-id").orElse(NONE) + " " + state);
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  }

  private void execute(RawUpstream.Request request, RawUpstream.Connection connection, String kind)
      throws IOException {
    long number = executions.incrementAndGet();
    String life = request.header("x-life").orElse(NONE);
    String job = request.header("job-id").orElse(NONE);
    int attempt = request.header("job-attempt").map(Integer::valueOf).orElse(0);
    String key = request.header("idempotency-key").orElse(NONE).replace(' ', '_');
    write(
        String.join(
            " ",
            "start",
            Long.toString(number),
            life,
            job,
            Integer.toString(attempt),
            request.target(),
            key));
    request.body();
    int status = status(kind, job, attempt);
    pause(kind);
    if (kind.equals("poison")) {
      Optional.ofNullable(victims.get(life))
          .flatMap(ProcessHandle::of)
          .ifPresent(ProcessHandle::destroyForcibly);
    }
    write("end " + number + " " + status);
    String more = status == 503 ? "retry-after: 1\r\n" : "";
    connection.write("HTTP/1.1 " + status + " As Asked\r\n" + more + "content-length: 0\r\n\r\n");
  }

  private int status(String kind, String job, int attempt) {
    return switch (kind) {
      case "flaky" -> attempt < 2 ? 500 : 200;
      case "busy" -> busy.merge(job, 1, Integer::sum) == 1 ? 503 : 200;
      case "refused" -> 422;
      case "broken" -> 500;
      default -> 200;
    };
  }

  private static void pause(String kind) {
    int millis =
        kind.startsWith("hold-")
            ? Integer.parseInt(kind.substring("hold-".length()))
            : ThreadLocalRandom.current().nextInt(kind.equals("slow") ? 400 : 20);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void write(String line) {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
    try {
      synchronized (log) {
        log.write(bytes);
      }
      log.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
