package io.tidegate.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
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

/** What it costs to look at every byte of a head, for a tool's request and for a browser's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageScannerBenchmark {
  private static final String SMALL =
      "GET /some/path?with=query HTTP/1.1\r\nHost: a.example\r\n\r\n";

  private static final String BROWSER =
      """
      GET /shop/items?page=2&sort=price HTTP/1.1
      Host: www.example.com
      Connection: keep-alive
      sec-ch-ua: "Chromium";v="128", "Not;A=Brand";v="24", "Google Chrome";v="128"
      sec-ch-ua-mobile: ?0
      sec-ch-ua-platform: "Linux"
      Upgrade-Insecure-Requests: 1
      User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)
      Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8
      Sec-Fetch-Site: same-origin
      Sec-Fetch-Mode: navigate
      Sec-Fetch-Dest: document
      Referer: https://www.example.com/shop/
      Accept-Encoding: gzip, deflate, br, zstd
      Accept-Language: en-GB,en;q=0.9
      Cookie: session=9f1c2b7ae0d84b6d8a52f0c7ab1e3344; consent=1; theme=dark; basket=3

      """
          .replace("\n", "\r\n");

  private final MessageScanner scanner = new MessageScanner(LimitOptions.DEFAULTS, false);
  private final ByteBuf small = direct(SMALL);
  private final ByteBuf browser = direct(BROWSER);

  private static ByteBuf direct(String text) {
    return PooledByteBufAllocator.DEFAULT
        .directBuffer()
        .writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Benchmark
  public Refusal small() {
    return scanner.scan(small);
  }

  @Benchmark
  public Refusal browser() {
    return scanner.scan(browser);
  }
}
