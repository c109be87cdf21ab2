package io.tidegate.metrics.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NoticeTest {
  private static final Instant AT = Instant.parse("2026-01-31T12:00:00.123Z");

  private static Stream<OperationalEvent> oneOfEach() {
    return Stream.of(
        new OperationalEvent.BreakerChanged("orders", "closed", "open", "failure_rate"),
        new OperationalEvent.EndpointEjected("orders", "127.0.0.1:9001", 10_000),
        new OperationalEvent.EndpointRestored("orders", "127.0.0.1:9001"),
        new OperationalEvent.HealthChanged("orders", "127.0.0.1:9001", false),
        new OperationalEvent.EndpointsChanged("orders", List.of("a:1"), List.of()),
        new OperationalEvent.ConfigReloaded("abc", List.of("server.port")),
        new OperationalEvent.ConfigRejected("abc", List.of("line 1", "line 2 \"quoted\"")),
        new OperationalEvent.DrainStarted(15_000),
        new OperationalEvent.FaultsActive("orders", true),
        new OperationalEvent.JobBuried("reports", "0198", "http_500"),
        new OperationalEvent.StoreChanged("redis", false, "connection refused"),
        new OperationalEvent.MemberChanged("node-2", true),
        new OperationalEvent.OperatorActed("127.0.0.1", "isolate", "orders"));
  }

  @Test
  void everyKindSurvivesTheWire() {
    assertThat(oneOfEach().map(Object::getClass))
        .hasSameElementsAs(List.of(OperationalEvent.class.getPermittedSubclasses()));
    EventsBus.Wire wire = new EventsBus.Wire();
    oneOfEach()
        .map(event -> new Notice("node-1", AT, event))
        .forEach(
            notice -> {
              Buffer buffer = Buffer.buffer("before");
              wire.encodeToWire(buffer, notice);
              buffer.appendString("after");
              assertThat(wire.decodeFromWire("before".length(), buffer)).isEqualTo(notice);
              assertThat(notice.event().message()).isNotBlank();
            });
  }

  @Test
  void isOneFlatObjectForPeopleAndTools() {
    Notice notice =
        new Notice("node-1", AT, new OperationalEvent.HealthChanged("orders", "a:1", false));
    assertThat(notice.toJson())
        .isEqualTo(
            new JsonObject()
                .put("time", "2026-01-31T12:00:00.123Z")
                .put("node", "node-1")
                .put("event", "health_changed")
                .put("upstream", "orders")
                .put("endpoint", "a:1")
                .put("healthy", false));
  }

  @Test
  void aKindOfANewerNodeOrAnUnreadableOneIsRefused() {
    assertThatThrownBy(() -> Notice.of(new JsonObject().put("event", "moon_landed")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("moon_landed");
    assertThatThrownBy(() -> Notice.of(new JsonObject().put("event", "config_rejected")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Notice.of(new JsonObject().put("event", "drain_started")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
