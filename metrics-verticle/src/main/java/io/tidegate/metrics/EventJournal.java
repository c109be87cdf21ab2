package io.tidegate.metrics;

import io.tidegate.metrics.api.Meters;
import io.tidegate.metrics.api.Notice;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The last events of the cluster; those of this node are logged and counted as well. */
final class EventJournal {
  private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.events");
  private static final int KEPT = 200;

  /** What a log line says already. */
  private static final Set<String> SAID = Set.of("time");

  private final String node;
  private final Meters meters;
  private final Deque<Notice> last = new ArrayDeque<>();

  EventJournal(String node, Meters meters) {
    this.node = node;
    this.meters = meters;
  }

  void add(Notice notice) {
    last.addLast(notice);
    if (last.size() > KEPT) {
      last.removeFirst();
    }
    if (notice.node().equals(node)) {
      log(notice);
      meters
          .counter("tidegate_events", "Operational events, by kind.", "event", notice.kind())
          .increment();
    }
  }

  private static void log(Notice notice) {
    LoggingEventBuilder line = notice.event().alarming() ? LOG.atWarn() : LOG.atInfo();
    JsonObject fields = notice.toJson();
    for (String name : fields.fieldNames()) {
      if (!SAID.contains(name)) {
        line = line.addKeyValue(name, fields.getValue(name));
      }
    }
    line.log(notice.event().message());
  }

  List<Notice> last() {
    return List.copyOf(last);
  }
}
