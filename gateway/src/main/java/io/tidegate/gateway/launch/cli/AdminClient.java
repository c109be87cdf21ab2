package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Talks to the admin port of a running node, and waits for its answer. */
final class AdminClient {
  /** What each command that talks to a node says of it in its help. */
  static final String HELP =
      """
        --admin URL                the node's admin port (default http://127.0.0.1:9090,
                                   or TIDEGATE_ADMIN)
        --token TOKEN              what it asks for (default: TIDEGATE_ADMIN_TOKEN)
      """;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(35);

  private final URI base;
  private final Optional<String> token;
  private final Console console;

  /** The options that name a node, beside the command's own. */
  static Map<String, String> options(Map<String, String> own) {
    Map<String, String> all = new HashMap<>(own);
    all.put("--admin", "--admin");
    all.put("--token", "--token");
    return all;
  }

  /**
   * @throws WrongUsage when the URL is none
   */
  AdminClient(Arguments given, Console console) {
    this.console = console;
    String url =
        given
            .one("--admin")
            .orElse(console.environment().getOrDefault("TIDEGATE_ADMIN", "http://127.0.0.1:9090"));
    try {
      base = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (IllegalArgumentException e) {
      throw new WrongUsage("--admin: not a URL: " + url);
    }
    if (base.getHost() == null || base.getScheme() == null || !base.getScheme().matches("https?")) {
      throw new WrongUsage("--admin: expected a URL such as http://127.0.0.1:9090, found " + url);
    }
    token =
        given
            .one("--token")
            .or(() -> Optional.ofNullable(console.environment().get("TIDEGATE_ADMIN_TOKEN")))
            .filter(text -> !text.isEmpty());
  }

  /** The answer; empty after what went wrong was printed. */
  Optional<JsonObject> get(String path) {
    return send(request(path).GET());
  }

  /** The answer; empty after what went wrong was printed. */
  Optional<JsonObject> post(String path, JsonObject body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.encode())));
  }

  /** The answer; empty after what went wrong was printed. */
  Optional<JsonObject> delete(String path) {
    return send(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private Optional<JsonObject> send(HttpRequest.Builder request) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    try {
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonObject body = new JsonObject(answer.body());
      if (answer.statusCode() < 300) {
        return Optional.of(body);
      }
      return failed(answer.statusCode() + ": " + body.getString("detail", "no reason given"));
    } catch (DecodeException e) {
      return failed("its answer is no JSON; is it an admin port?");
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return failed("no answer: " + why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  private Optional<JsonObject> failed(String why) {
    console.err().println("tidegate: " + base + ": " + why);
    return Optional.empty();
  }
}
