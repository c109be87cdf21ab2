package io.tidegate.gateway.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Clients that ask for all sorts of things and leave whenever they like: before the answer, in the
 * middle of an upload or of a download, or not at all.
 */
final class Wanton implements AutoCloseable {
  /** What one client does on one connection. */
  private interface Deed {
    void on(RawClient client, RandomGenerator chance) throws IOException;
  }

  private static final String HEAD = " HTTP/1.1\r\nHost: a.test\r\n";
  private static final String PART = "x".repeat(1_000);

  private final int port;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong deeds = new AtomicLong();
  private final List<CompletableFuture<Void>> clients;

  private final List<Deed> all =
      List.of(
          (client, chance) -> client.send("GET /get" + HEAD + "\r\n").response(),
          (client, chance) -> client.send("GET /get" + HEAD + "\r\n").response(),
          (client, chance) -> client.send("GET /large" + HEAD + "\r\n").response(),
          (client, chance) -> {
            client.send("GET /get" + HEAD + "\r\n");
            pause(chance.nextInt(60));
          },
          (client, chance) -> {
            client.send("GET /large" + HEAD + "\r\n");
            pause(chance.nextInt(30));
          },
          (client, chance) -> {
            client.send(post(8_000));
            IntStream.range(0, 8).forEach(i -> client.trySend(PART));
            client.response();
          },
          (client, chance) -> {
            client.send(post(100_000));
            for (int i = chance.nextInt(90); i > 0; i--) {
              client.trySend(PART);
            }
            pause(chance.nextInt(20));
          },
          (client, chance) -> {
            client.send("GET /get" + HEAD + "\r\n").response();
            client.send("GET /hedged" + HEAD + "\r\n").response();
            client.send("PUT /get" + HEAD + "Content-Length: 1000\r\n\r\n" + PART).response();
          });

  Wanton(int port, int clients) {
    this.port = port;
    this.clients =
        IntStream.range(0, clients)
            .mapToObj(i -> CompletableFuture.runAsync(this::live, Threads::run))
            .toList();
  }

  private static String post(int length) {
    return "POST /upload" + HEAD + "Content-Length: " + length + "\r\n\r\n";
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
  }

  private void live() {
    RandomGenerator chance = ThreadLocalRandom.current();
    while (!over.get()) {
      try (var client = RawClient.connect(port, chance.nextInt(8) == 0 ? 4_096 : 0)) {
        all.get(chance.nextInt(all.size())).on(client, chance);
      } catch (IOException | UncheckedIOException cut) {
        // Answers are cut here as often as not.
      } catch (AssertionError nothingCame) {
        if (nothingCame.getMessage().contains("no answer within")) {
          throw nothingCame;
        }
      }
      deeds.incrementAndGet();
    }
  }

  /** How many connections have been made and left. */
  long deeds() {
    return deeds.get();
  }

  /** Stops and waits; fails if a client was left without an answer. */
  @Override
  public void close() {
    over.set(true);
    clients.forEach(CompletableFuture::join);
  }
}
