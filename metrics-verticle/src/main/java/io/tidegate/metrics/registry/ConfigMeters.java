package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.LongAdder;

/** Which config runs, and how the last change to it went. */
final class ConfigMeters {
  private final Family<Boolean> info;
  private final LongAdder accepted;
  private final LongAdder refused;
  private volatile Labels version;
  private volatile double success = Double.NaN;
  private volatile double loadedAt = Double.NaN;

  ConfigMeters(Families families) {
    info = families.infos("tidegate_config", "The config in use.");
    Family<LongAdder> reloads =
        families.counters("tidegate_config_reloads", "Configs that took effect or were refused.");
    accepted = reloads.cell(Labels.of("result", "accepted"));
    refused = reloads.cell(Labels.of("result", "refused"));
    families.gauge(
        "tidegate_config_last_reload_success",
        "1 when the last config was accepted, 0 when it was refused.",
        () -> success);
    families.gauge(
        "tidegate_config_loaded_timestamp_seconds",
        "When the config in use took effect.",
        () -> loadedAt);
  }

  synchronized void loaded(String newVersion) {
    Labels next = Labels.of("version", newVersion);
    if (version != null) {
      info.remove(version);
    }
    info.cell(next);
    version = next;
    success = 1;
    loadedAt = System.currentTimeMillis() / 1e3;
    accepted.increment();
  }

  void rejected() {
    success = 0;
    refused.increment();
  }
}
