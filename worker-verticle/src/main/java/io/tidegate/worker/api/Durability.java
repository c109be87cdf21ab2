package io.tidegate.worker.api;

import java.util.Locale;

/** What an accepted job survives. */
public enum Durability {
  /** On stable storage: loss of power. */
  FSYNC,
  /** In the memory of two machines: loss of one. */
  REPLICATED,
  /** With the operating system: the death of the process. */
  OS;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }
}
