package io.tidegate.worker.run;

import io.tidegate.worker.api.JobsOptions;

/** What is in force: it changes while the engine runs. Confined to the engine's context. */
public final class Settings {
  private JobsOptions current;

  public Settings(JobsOptions first) {
    current = first;
  }

  JobsOptions current() {
    return current;
  }

  void change(JobsOptions next) {
    current = next;
  }
}
