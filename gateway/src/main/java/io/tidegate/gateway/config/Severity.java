package io.tidegate.gateway.config;

import java.util.Locale;

/** Whether a problem keeps the file from being used. */
public enum Severity {
  /** The file is refused. */
  ERROR,
  /** The file is used; what it says is legal and unwise. */
  WARNING;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
