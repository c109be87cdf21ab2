package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.StoreOptions;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis, and what may happen to one. */
public final class RedisProcess implements AutoCloseable {
  private final Vertx vertx;
  private final List<String> settings;
  private final int port;
  private RedisServer server;
  private Redis client;

  public RedisProcess(Vertx vertx, String... settings) throws IOException {
    this.vertx = vertx;
    this.settings = List.of(settings);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  /** One whose jobs are on its disk when they are accepted. */
  public static RedisProcess durable(Vertx vertx, Path folder) throws IOException {
    return new RedisProcess(vertx, "dir " + folder, "appendonly yes", "appendfsync always");
  }

  public void start() throws IOException {
    RedisServerBuilder builder =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
    settings.forEach(builder::setting);
    server = builder.build();
    server.start();
    client = Redis.createClient(vertx, options());
  }

  RedisOptions options() {
    return new RedisOptions().setConnectionString("redis://127.0.0.1:" + port);
  }

  public StoreOptions.Redis store(Durability durability) {
    return new StoreOptions.Redis(options(), Duration.ofSeconds(1), durability, "test");
  }

  public Response run(Command command, String... arguments) {
    Request request = Request.cmd(command);
    for (String each : arguments) {
      request.arg(each);
    }
    try {
      return client.send(request).await(5, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException silent) {
      throw new AssertionError(silent);
    }
  }

  /** The process, to be signalled when it cannot be asked any more. */
  long pid() {
    String[] info = run(Command.INFO, "server").toString().split("process_id:");
    return Long.parseLong(info[1].split("\\D")[0]);
  }

  static void signal(String name, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  public void kill() throws Exception {
    signal("KILL", pid());
    close();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.stop();
  }
}
