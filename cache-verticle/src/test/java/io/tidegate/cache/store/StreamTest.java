package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.Fill;
import io.tidegate.cache.api.Flight;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(30)
class StreamTest {
  private static final int CHUNK = 64 * 1024;
  private static final long LARGEST = 4 * CHUNK;

  private final FillBudget budget = new FillBudget(100 * CHUNK);
  private final Promise<Buffer> stored = Promise.promise();
  private final Promise<Boolean> dropped = Promise.promise();
  private final Promise<Void> cancelled = Promise.promise();
  private Vertx vertx;
  private Context loop;
  private Stream stream;
  private Promise<Void> resumed = Promise.promise();

  @BeforeEach
  void make(Vertx injected) throws Exception {
    vertx = injected;
    loop = vertx.getOrCreateContext();
    var owner =
        new Stream.Owner() {
          @Override
          public void whole(StoredResponse head, Buffer body) {
            stored.complete(body);
          }

          @Override
          public void dropped(StoredResponse head, boolean tooLarge) {
            dropped.complete(tooLarge);
          }
        };
    StoredResponse head = Samples.response("/a", Buffer.buffer());
    stream = new Stream(vertx, head, -1, LARGEST, budget, owner);
  }

  /** One who reads, on an event loop of its own. */
  private final class Client implements Flight.Sink {
    final Promise<Boolean> ended = Promise.promise();
    final StreamReader flight = stream.open();
    final Context own;
    Flight.Reader reader;
    volatile long read;
    private boolean once;

    Client(boolean once, long idleMillis) throws Exception {
      this.once = once;
      Promise<Void> begun = Promise.promise();
      own = vertx.getOrCreateContext();
      own.runOnContext(
          any -> {
            reader = flight.read(this, idleMillis);
            begun.complete();
          });
      begun.future().await(5, TimeUnit.SECONDS);
    }

    @Override
    public void chunk(Buffer chunk) {
      read += chunk.length();
      if (once) {
        reader.pause();
      }
    }

    @Override
    public void end() {
      ended.complete(true);
    }

    @Override
    public void broken() {
      ended.complete(false);
    }

    void goOn() {
      own.runOnContext(
          any -> {
            once = false;
            reader.resume();
          });
    }

    void leave() {
      own.runOnContext(any -> reader.cancel());
    }

    boolean isWhole() throws Exception {
      return ended.future().await(10, TimeUnit.SECONDS);
    }
  }

  private <T> T source(Callable<T> act) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(
        any -> {
          try {
            done.complete(act.call());
          } catch (Exception failure) {
            done.fail(failure);
          }
        });
    return done.future().await(10, TimeUnit.SECONDS);
  }

  private void begin() throws Exception {
    source(
        () -> {
          stream.from(
              new Fill.Source() {
                @Override
                public void resume() {
                  resumed.tryComplete();
                }

                @Override
                public void cancel() {
                  cancelled.complete();
                }
              });
          return null;
        });
  }

  private boolean chunk() throws Exception {
    return source(() -> stream.chunk(Buffer.buffer(new byte[CHUNK])));
  }

  private void end() throws Exception {
    source(
        () -> {
          stream.end();
          return null;
        });
  }

  private static <T> T soon(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }

  @Test
  void eachReadsAtItsOwnPaceAndTheSourceWaitsForNobodyWhileItIsStored() throws Exception {
    Client slow = new Client(true, 10_000);
    Client quick = new Client(false, 10_000);
    begin();
    for (int i = 0; i < 4; i++) {
      assertThat(chunk()).isTrue();
    }
    end();
    assertThat(quick.isWhole()).isTrue();
    assertThat(soon(stored.future()).length()).isEqualTo(LARGEST);
    slow.goOn();
    assertThat(slow.isWhole()).isTrue();
    assertThat(slow.read).isEqualTo(LARGEST);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void whatOutgrowsTheLargestGoesOnAsFastAsTheSlowestAndTakesNoNewReaders() throws Exception {
    Client slow = new Client(true, 10_000);
    begin();
    int before = 0;
    while (chunk()) {
      assertThat(++before).isLessThan(20);
    }
    assertThat(soon(dropped.future())).isTrue();
    assertThat(stream.open()).isNull();
    assertThat(budget.taken()).isZero();
    slow.goOn();
    soon(resumed.future());
    end();
    assertThat(slow.isWhole()).isTrue();
    assertThat(stored.future().isComplete()).isFalse();
  }

  @Test
  void whoStandsStillIsCutOffAndTheOthersGoOn() throws Exception {
    Client still = new Client(true, 300);
    Client quick = new Client(false, 10_000);
    begin();
    while (chunk()) {
      assertThat(quick.read).isLessThan(100 * CHUNK);
    }
    soon(resumed.future());
    assertThat(still.isWhole()).isFalse();
    end();
    assertThat(quick.isWhole()).isTrue();
  }

  @Test
  void theCallEndsWhenNobodyReadsWhatWillNotBeStored() throws Exception {
    Client only = new Client(false, 10_000);
    begin();
    for (int i = 0; i < 6; i++) {
      chunk();
    }
    only.leave();
    soon(cancelled.future());
  }

  @Test
  void theFillGoesOnForTheStoreWhenItsOnlyReaderLeaves() throws Exception {
    Client only = new Client(false, 10_000);
    begin();
    chunk();
    only.leave();
    chunk();
    end();
    assertThat(soon(stored.future()).length()).isEqualTo(2 * CHUNK);
  }

  @Test
  void whatFindsNoRoomAmongTheFillsIsPassedThrough() throws Exception {
    budget.take(99 * CHUNK);
    Client client = new Client(false, 10_000);
    begin();
    chunk();
    chunk();
    assertThat(soon(dropped.future())).isTrue();
    end();
    assertThat(client.isWhole()).isTrue();
    assertThat(client.read).isEqualTo(2 * CHUNK);
  }

  @Test
  void whoBreaksOffBreaksOffForAll() throws Exception {
    Client client = new Client(false, 10_000);
    begin();
    chunk();
    source(
        () -> {
          stream.abort();
          return null;
        });
    assertThat(client.isWhole()).isFalse();
    assertThat(soon(dropped.future())).isFalse();
  }
}
