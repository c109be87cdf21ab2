package io.tidegate.gateway.security;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of finding the client and writing it down, per request of a kept connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ForwarderBenchmark {
  private static final List<Cidr> TRUSTED = List.of(Cidr.parse("10.0.0.0/8"));

  private final MultiMap inbound =
      HttpHeaders.headers()
          .add("Accept", "*/*")
          .add("X-Forwarded-For", "192.0.2.7, 10.0.0.2")
          .add("X-Forwarded-Proto", "https");
  private final Forwarder stranger = Forwarder.forConnection("192.0.2.1", TRUSTED, "http");
  private final Forwarder proxy = Forwarder.forConnection("10.0.0.1", TRUSTED, "http");

  @Benchmark
  public MultiMap untrusted() {
    return write(stranger);
  }

  @Benchmark
  public MultiMap trusted() {
    return write(proxy);
  }

  @Benchmark
  public MultiMap headersOnly() {
    return HttpHeaders.headers().add("Accept", "*/*");
  }

  private MultiMap write(Forwarder forwarder) {
    MultiMap outbound = HttpHeaders.headers().add("Accept", "*/*");
    forwarder.apply(inbound, "example.org", outbound);
    return outbound;
  }
}
