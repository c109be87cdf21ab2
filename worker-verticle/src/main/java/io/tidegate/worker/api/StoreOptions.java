package io.tidegate.worker.api;

import java.nio.file.Path;

/** Where jobs are kept. */
public sealed interface StoreOptions {
  /**
   * In files of this node, with nothing to install.
   *
   * @param path a folder, made when it is missing; one process at a time. Not on a network share
   * @param diskFloor bytes of free disk below which no more jobs are taken
   */
  record Embedded(Path path, long diskFloor) implements StoreOptions {
    public static final long FLOOR = 1L << 30;

    public Embedded {
      if (diskFloor < 0) {
        throw new IllegalArgumentException(
            "stores.jobs.disk-floor: " + diskFloor + " (expected: at least 0)");
      }
    }

    public Embedded(Path path) {
      this(path, FLOOR);
    }
  }
}
