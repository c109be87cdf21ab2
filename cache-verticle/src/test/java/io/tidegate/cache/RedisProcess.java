package io.tidegate.cache;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisServer;

/** A real Redis, and what may happen to one. */
final class RedisProcess implements AutoCloseable {
  private final Vertx vertx;
  private final int port;
  private RedisServer server;
  private Redis client;

  RedisProcess(Vertx vertx) throws Exception {
    this.vertx = vertx;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  void start() throws IOException {
    server =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    client = Redis.createClient(vertx, options());
  }

  RedisOptions options() {
    return new RedisOptions().setConnectionString("redis://127.0.0.1:" + port);
  }

  Response run(Command command, String... arguments) throws Exception {
    Request request = Request.cmd(command);
    for (String each : arguments) {
      request.arg(each);
    }
    return send(request).await(5, TimeUnit.SECONDS);
  }

  Future<Response> send(Request request) {
    return client.send(request);
  }

  /** The process, to be signalled when it cannot be asked any more. */
  long pid() throws Exception {
    String[] info = run(Command.INFO, "server").toString().split("process_id:");
    return Long.parseLong(info[1].split("\\D")[0]);
  }

  static void signal(String name, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  void kill() throws Exception {
    signal("KILL", pid());
    client.close();
    server.stop();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.stop();
  }
}
