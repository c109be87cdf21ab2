package io.tidegate.gateway.rehearsal;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The sample's bad days: late, failing, gone. Used on one event loop. */
final class SampleFaults {
  private static final long MOST_MS = 60_000;
  private static final int MOST_KEYS = 1_000;
  private static final Pattern SHAPE = Pattern.compile("[fs]{1,64}");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private final Vertx vertx;
  private boolean up = true;

  /** Requests so far per pattern and key; the oldest is forgotten when there are too many. */
  private final Map<String, Integer> turns =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_KEYS;
        }
      };

  SampleFaults(Vertx vertx) {
    this.vertx = vertx;
  }

  /** {@code /slow?ms=800}. */
  void slow(Visit visit) {
    long ms = visit.query().number("ms", 800, 0, MOST_MS);
    var body = visit.told("slow").put("ms", ms);
    later(visit, ms, () -> visit.answer(200, body));
  }

  private void later(Visit visit, long ms, Runnable then) {
    if (ms == 0) {
      then.run();
      return;
    }
    long timer = vertx.setTimer(ms, now -> then.run());
    visit.http().response().closeHandler(gone -> vertx.cancelTimer(timer));
  }

  /**
   * {@code /flaky?fail=50}: that percentage of 503; with {@code pattern=ffs&key=x} the requests of
   * a key fail and succeed in that order, over and over.
   */
  void flaky(Visit visit) {
    long percent = visit.query().number("fail", 50, 0, 100);
    boolean fails =
        visit.query().has("pattern")
            ? failsByPattern(visit.query())
            : ThreadLocalRandom.current().nextInt(100) < percent;
    visit.answer(fails ? 503 : 200, visit.told("flaky").put("failed", fails));
  }

  private boolean failsByPattern(Query query) {
    String pattern = query.text("pattern", "s", SHAPE, "up to 64 letters, f (fail) or s (succeed)");
    String key = query.text("key", "-", KEY, "up to 64 letters, digits and _ . -");
    int turn = turns.merge(pattern + ' ' + key, 1, (old, one) -> (old % pattern.length()) + one);
    return pattern.charAt(turn - 1) == 'f';
  }

  /** {@code /down?mode=reset|close|hang|refuse503}. */
  void down(Visit visit) {
    switch (visit.query().choice("mode", List.of("reset", "close", "hang", "refuse503"))) {
      case "close" -> close(visit);
      case "hang" -> later(visit, MOST_MS, () -> close(visit));
      case "refuse503" -> visit.answer(503, visit.told("down"));
      default -> AbruptClose.of(visit.http());
    }
  }

  private static void close(Visit visit) {
    visit.http().response().reset(); // HTTP/1.1: the connection ends; HTTP/2: the stream
  }

  /** {@code /status?code=404&retry-after=2}. */
  void status(Visit visit) {
    int code = (int) visit.query().number("code", 200, 200, 599);
    if (visit.query().has("retry-after")) {
      long seconds = visit.query().number("retry-after", 0, 0, 86_400);
      visit.http().response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
    visit.answer(code, visit.told("status").put("status", code));
  }

  /** {@code /healthz}: 200 or 503; {@code POST /healthz?up=false} changes which. */
  void health(Visit visit) {
    if (visit.http().method() == HttpMethod.POST) {
      up = visit.query().flag("up", true);
      visit.answer(200, visit.told("healthz").put("up", up));
      return;
    }
    visit.answer(up ? 200 : 503, visit.told("healthz").put("up", up));
  }
}
