package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis on a port of its own, and what may happen to one. Closing it ends it. */
final class RedisNode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final int port;
  private final List<String> settings;
  private RedisServer server;
  private long pid;

  private RedisNode(int port, List<String> settings) {
    this.port = port;
    this.settings = settings;
  }

  /** One that forgets everything with its end. */
  static RedisNode start() {
    return start(List.of("appendonly no"));
  }

  /** One that has on its disk what it has acknowledged. */
  static RedisNode durable(Path folder) {
    return start(List.of("dir " + folder, "appendonly yes", "appendfsync always"));
  }

  private static RedisNode start(List<String> settings) {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var node = new RedisNode(free.getLocalPort(), settings);
      free.close();
      node.restart();
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** After an end: on the same port, with what is on its disk. */
  void restart() {
    RedisServerBuilder builder =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
    settings.forEach(builder::setting);
    try {
      server = builder.build();
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pid = Long.parseLong(ask("INFO server").replaceAll("(?s).*process_id:(\\d+).*", "$1"));
  }

  void stop() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() {
    signal("KILL");
    stop();
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The first part of the answer to a command without blanks in its words. */
  String ask(String command) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write((command + "\r\n").getBytes(ISO_8859_1));
        byte[] answer = new byte[16_384];
        String text = "";
        for (int read = 0; read >= 0 && !isWhole(text); ) {
          read = socket.getInputStream().read(answer);
          text += read < 0 ? "" : new String(answer, 0, read, ISO_8859_1);
        }
        if (!text.startsWith("-LOADING")) {
          return text;
        }
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw new UncheckedIOException(notYet);
        }
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** A line, or as many bytes as the first line says. */
  private static boolean isWhole(String text) {
    int line = text.indexOf("\r\n");
    if (line < 0 || !text.startsWith("$")) {
      return line >= 0;
    }
    return text.length() >= line + 4 + Integer.parseInt(text.substring(1, line));
  }

  @Override
  public void close() {
    signal("CONT");
    stop();
  }
}
