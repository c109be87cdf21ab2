package io.tidegate.gateway.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What no table can say of the file: references, contradictions, things that must be unique. */
final class Checks {
  private final Fields file;
  private final Problems problems;

  Checks(Fields file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** Checks everything but upstreams and routes, which have classes of their own. */
  void run() {
    adminToken();
    ports();
    buckets();
    new OffloadChecks(file, problems).run();
    StoreAssembly.check(file.section("stores"), problems);
  }

  private void adminToken() {
    Fields admin = file.section("admin");
    String host = admin.text("host").orElse("127.0.0.1");
    boolean token =
        admin.isBroken("token") || admin.text("token").filter(t -> !t.isEmpty()).isPresent();
    if (!token && !isLoopback(host)) {
      problems.error(
          admin.place().missing("token"),
          "found nothing, expected a token: "
              + admin.placeOf("host").path()
              + " is not a loopback address");
    }
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  private void ports() {
    Fields server = file.section("server");
    Fields admin = file.section("admin");
    if (server.isBroken("port") || admin.isBroken("port")) {
      return;
    }
    int clients = server.whole("port", 8080);
    int operators = admin.whole("port", 9090);
    if (clients != 0 && clients == operators) {
      Place place = admin.has("port") ? admin.placeOf("port") : server.placeOf("port");
      problems.error(place, "found the same port for server and admin, expected two");
    }
    if (file.flag("demo", false) && clients == 9000) {
      problems.error(
          server.placeOf("port"),
          "found the port of the sample upstream, expected another one or demo: false");
    }
  }

  private void buckets() {
    Fields metrics = file.section("telemetry").section("metrics");
    List<Duration> buckets = metrics.items("buckets", Duration.class);
    for (int i = 1; i < buckets.size(); i++) {
      if (buckets.get(i).compareTo(buckets.get(i - 1)) <= 0) {
        String message = "found bounds that do not ascend, expected ascending ones";
        problems.error(metrics.placeOf("buckets"), message);
        return;
      }
    }
  }

  /** Reports when {@code key} is longer than {@code limit}, both written in the same place. */
  static void atMost(Fields fields, String key, String limit, Problems problems) {
    Optional<Duration> value = fields.duration(key);
    Optional<Duration> most = fields.duration(limit);
    if (value.isPresent() && most.isPresent() && value.get().compareTo(most.get()) > 0) {
      problems.error(
          fields.placeOf(key),
          "found "
              + bare(fields, key)
              + ", expected at most "
              + limit
              + ", "
              + bare(fields, limit));
    }
  }

  /** A duration as it is written, without the quotes that text is shown in. */
  static String bare(Fields fields, String key) {
    return fields.shown(key).replace("\"", "");
  }

  /** The names of one list that stand there twice, with the later's place. */
  static Map<String, Place> repeated(List<Map.Entry<String, Place>> names) {
    Map<String, Place> first = new LinkedHashMap<>();
    Map<String, Place> again = new LinkedHashMap<>();
    for (Map.Entry<String, Place> name : names) {
      if (first.putIfAbsent(name.getKey(), name.getValue()) != null) {
        again.put(name.getKey(), name.getValue());
      }
    }
    return again;
  }
}
