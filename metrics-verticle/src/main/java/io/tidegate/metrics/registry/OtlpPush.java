package io.tidegate.metrics.registry;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends all meters to a collector, for those who do not scrape (OTLP/HTTP with JSON). */
public final class OtlpPush {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpPush.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";

  private final Registry registry;
  private final OtlpJson json;
  private final URI endpoint;
  private final Map<String, String> headers;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private boolean failing;

  /**
   * @param service name of it
   * @param endpoint with the path, or the collector's root
   * @param environment for OTEL_EXPORTER_OTLP_HEADERS
   * @throws IllegalArgumentException when the endpoint is not a URL of HTTP
   */
  public OtlpPush(
      Registry registry, String service, String endpoint, Map<String, String> environment) {
    this.registry = registry;
    this.json = new OtlpJson(service, System.currentTimeMillis());
    this.endpoint = endpoint(endpoint);
    this.headers = headers(environment.getOrDefault(HEADERS, ""));
  }

  private static URI endpoint(String text) {
    URI uri = URI.create(text);
    if (uri.getScheme() == null || !uri.getScheme().startsWith("http") || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "telemetry.metrics.otlp: " + text + " (expected: a URL, as http://localhost:4318)");
    }
    String path = uri.getPath();
    return path.isEmpty() || path.equals("/") ? uri.resolve("/v1/metrics") : uri;
  }

  private static Map<String, String> headers(String list) {
    Map<String, String> headers = new TreeMap<>();
    for (String pair : list.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String value = pair.substring(equals + 1).strip();
        headers.put(
            pair.substring(0, equals).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return headers;
  }

  /** Sends once. Blocks for ten seconds at most; a failure is logged when it begins and ends. */
  public synchronized void push() {
    try {
      send(json.of(registry.snapshots(), System.currentTimeMillis()));
    } catch (IOException | RuntimeException failed) { // A gauge of another room may throw, too.
      note(failed.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(JsonObject body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toBuffer().getBytes()));
    headers.forEach(request::header);
    int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    note(status < 300 ? null : "status " + status);
  }

  private void note(String failure) {
    if (failure != null && !failing) {
      LOG.warn("meters cannot be sent to {}: {}", endpoint, failure);
    } else if (failure == null && failing) {
      LOG.info("meters are sent to {} again", endpoint);
    }
    failing = failure != null;
  }
}
