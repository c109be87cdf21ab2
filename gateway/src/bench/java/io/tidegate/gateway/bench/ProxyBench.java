package io.tidegate.gateway.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CPU per proxied request of Tidegate with its defaults (policies, metrics, access log), beside a
 * bare Vert.x proxy and nginx in the same run: contestants on one core, origin and load on another,
 * measured in turns, so that what else the machine does hits all alike. CPU time of the process
 * divided by requests is what counts; requests per second depend on the machine's other load.
 *
 * <p>Everything listens on loopback, runs for a bounded time, and is gone afterwards.
 */
public final class ProxyBench implements AutoCloseable {
  private final BenchOptions options;
  private final Tools tools = new Tools();
  private final Path folder;
  private final List<Contestant> running = new ArrayList<>();

  private ProxyBench(BenchOptions options) throws IOException {
    this.options = options;
    this.folder = Files.createTempDirectory("proxy-bench");
  }

  /** See {@link BenchOptions#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    BenchOptions options;
    try {
      options = BenchOptions.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    try (var bench = new ProxyBench(options)) {
      bench.run();
    }
  }

  private void run() throws IOException, InterruptedException {
    tools.warnings().forEach(warning -> System.out.println("! " + warning));
    Contestant origin =
        started(
            Contestant.start(
                "origin",
                tools.beside(
                    Tools.java(
                        List.of("-Xmx64m"), FastUpstream.class, Integer.toString(options.body()))),
                folder,
                0));
    List<Contestant> contestants = contestants(origin.port());
    Table table = new Table();
    var load = new Load(tools, options.connections());
    for (Contestant contestant : contestants) {
      table.idle(contestant);
      warmUp(contestant, load);
    }
    for (int round = 1; round <= options.rounds(); round++) {
      System.out.println("round " + round + " of " + options.rounds());
      for (Contestant contestant : contestants) {
        contestant.forgetOutput();
        load.run(contestant.port(), 1);
        Duration before = contestant.cpu();
        Load.Result result = load.run(contestant.port(), options.seconds());
        table.add(contestant, contestant.cpu().minus(before), result);
      }
    }
    table.print(System.out);
  }

  private void warmUp(Contestant contestant, Load load) throws IOException, InterruptedException {
    for (int left = options.warmUp(); left > 0; left -= 10) {
      load.run(contestant.port(), Math.min(left, 10));
      contestant.forgetOutput();
    }
  }

  private Contestant started(Contestant contestant) {
    running.add(contestant);
    return contestant;
  }

  private List<Contestant> contestants(int origin) throws IOException, InterruptedException {
    List<Contestant> all = new ArrayList<>();
    List<String> jvm = List.of("-Xms" + options.heap(), "-Xmx" + options.heap());
    for (Map.Entry<String, Path> jar : options.jars().entrySet()) {
      List<String> command = new ArrayList<>();
      command.add(Tools.javaProgram());
      command.addAll(jvm);
      command.addAll(List.of("-jar", jar.getValue().toString(), "run", "-c"));
      command.add(tidegateConfig(origin).toString());
      all.add(started(Contestant.start(jar.getKey(), tools.measured(command), folder, 0)));
    }
    List<String> bare = Tools.java(jvm, BareProxy.class, Integer.toString(origin));
    all.add(started(Contestant.start(Table.BARE, tools.measured(bare), folder, 0)));
    Optional<String> nginx = Tools.find("nginx");
    if (nginx.isPresent()) {
      int port = freePort();
      List<String> command =
          List.of(
              nginx.get(),
              "-p",
              folder.toString(),
              "-e",
              folder.resolve("nginx-error.log").toString(),
              "-c",
              nginxConfig(port, origin).toString());
      all.add(started(Contestant.start("nginx", tools.measured(command), folder, port)));
    }
    return all;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path tidegateConfig(int origin) throws IOException {
    return Files.writeString(
        folder.resolve("tidegate.yaml"),
        """
        server: {host: 127.0.0.1, port: 0}
        admin: {host: 127.0.0.1, port: 0}
        upstreams:
          origin: {endpoints: ["http://127.0.0.1:%d"]}
        routes:
          - {id: all, match: {path: /**}, upstream: origin}
        """
            .formatted(origin));
  }

  /**
   * Its log is written as Tidegate's is, one JSON line per request and several lines at a time, and
   * to where {@link Contestant} expects what it says.
   */
  private Path nginxConfig(int port, int origin) throws IOException {
    return Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
          uwsgi_temp_path t4; scgi_temp_path t5;
          log_format line escape=json '{"time":"$time_iso8601","request_id":"$request_id",'
            '"client":"$remote_addr","method":"$request_method","scheme":"$scheme",'
            '"host":"$http_host","path":"$uri","protocol":"$server_protocol","status":$status,'
            '"endpoint":"$upstream_addr","duration":$request_time,'
            '"upstream":"$upstream_response_time","bytes_in":$request_length,'
            '"bytes_out":$body_bytes_sent}';
          access_log nginx.log line buffer=64k flush=1s;
          keepalive_requests 1000000000;
          upstream origin { server 127.0.0.1:%d; keepalive 64; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://origin;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_next_upstream error timeout http_502 http_503 http_504;
            }
          }
        }
        """
            .formatted(origin, port));
  }

  @Override
  public void close() throws IOException {
    running.forEach(Contestant::close);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
