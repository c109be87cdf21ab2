package io.tidegate.metrics.traces;

import io.opentelemetry.exporter.zipkin.ZipkinSpanExporter;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;

/** Zipkin over the JDK's HTTP client instead of OkHttp. Named in META-INF/services. */
public final class ZipkinExporter implements ConfigurableSpanExporterProvider {
  /** OpenTelemetry's own provider is called zipkin and insists on OkHttp. */
  static final String NAME = "zipkin-jdk";

  private static final String PROPERTY = "otel.exporter.zipkin.endpoint";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public SpanExporter createExporter(ConfigProperties config) {
    String endpoint = config.getString(PROPERTY, "http://localhost:9411/api/v2/spans");
    return ZipkinSpanExporter.builder().setSender(new Sender(URI.create(endpoint))).build();
  }

  private static final class Sender extends BytesMessageSender.Base {
    private static final int MOST_BYTES = 5_000_000;

    private final URI endpoint;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    Sender(URI endpoint) {
      super(Encoding.JSON);
      this.endpoint = endpoint;
    }

    @Override
    public int messageMaxBytes() {
      return MOST_BYTES;
    }

    @Override
    public void send(List<byte[]> spans) throws IOException {
      HttpRequest request =
          HttpRequest.newBuilder(endpoint)
              .timeout(TIMEOUT)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(array(spans)))
              .build();
      try {
        int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status >= 300) {
          throw new IOException("Zipkin answered " + status);
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while sending spans", interrupted);
      }
    }

    private static byte[] array(List<byte[]> spans) {
      ByteArrayOutputStream array = new ByteArrayOutputStream();
      char before = '[';
      for (byte[] span : spans) {
        array.write(before);
        array.writeBytes(span);
        before = ',';
      }
      array.write(']');
      return array.toByteArray();
    }

    @Override
    public void close() {
      // The client's threads end with it.
    }
  }
}
