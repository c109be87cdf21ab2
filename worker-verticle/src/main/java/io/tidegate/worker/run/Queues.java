package io.tidegate.worker.run;

import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the store knows of queues, with those that it does not know, and what runs here. */
final class Queues {
  private final Dispatcher dispatcher;

  Queues(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  List<QueueStatus> all(List<QueueStatus> stored) {
    List<QueueStatus> all = new ArrayList<>();
    for (QueueStatus one : stored) {
      int running = dispatcher.laneEver(one.queue()).map(Lane::running).orElse(0);
      all.add(
          new QueueStatus(
              one.queue(),
              one.mode(),
              one.depth(),
              one.bytes(),
              one.oldestReady(),
              running,
              dispatcher.lane(one.queue()).isPresent()));
    }
    for (Lane lane : dispatcher.lanes()) {
      if (stored.stream().noneMatch(one -> one.queue().equals(lane.queue))) {
        all.add(
            new QueueStatus(
                lane.queue, Mode.OPEN, Map.of(), 0, Duration.ZERO, lane.running(), true));
      }
    }
    return all;
  }
}
