package io.tidegate.worker;

import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.QueueOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The handlers that users put on the class path. */
final class UserHandlers {
  private static final String NAME = "[A-Za-z0-9._-]+";

  private static Map<String, JobHandler> loaded;

  private UserHandlers() {}

  /**
   * All, by name; looked for once, so that there is one object of each.
   *
   * @throws IllegalArgumentException when one cannot be used; the message names its class
   */
  static synchronized Map<String, JobHandler> all() {
    if (loaded == null) {
      loaded = load();
    }
    return loaded;
  }

  private static Map<String, JobHandler> load() {
    Map<String, JobHandler> all = new TreeMap<>();
    try {
      for (JobHandler one : ServiceLoader.load(JobHandler.class, loader())) {
        String name = String.valueOf(one.name());
        if (!name.matches(NAME)) {
          throw new IllegalArgumentException(
              one.getClass().getName()
                  + ": its name is '"
                  + name
                  + "' (expected: letters, digits, dots, dashes and underscores)");
        }
        JobHandler other = all.put(name, one);
        if (other != null) {
          throw new IllegalArgumentException(
              one.getClass().getName()
                  + " and "
                  + other.getClass().getName()
                  + ": both are called "
                  + name
                  + " (expected: different names)");
        }
      }
    } catch (ServiceConfigurationError | LinkageError broken) {
      throw new IllegalArgumentException("a handler cannot be loaded: " + broken, broken);
    }
    return all;
  }

  private static ClassLoader loader() {
    return JobHandler.class.getClassLoader();
  }

  /** What queues ask for and nobody brought, each as an error for people; empty: nothing. */
  static List<String> missing(JobsOptions options) {
    List<String> problems = new ArrayList<>();
    Map<String, JobHandler> known;
    try {
      known = all();
    } catch (IllegalArgumentException unusable) {
      return List.of("queues: " + unusable.getMessage());
    }
    String prefix = JobHandler.address("");
    for (Map.Entry<String, QueueOptions> queue : new TreeMap<>(options.queues()).entrySet()) {
      String address = queue.getValue().handler();
      if (address.startsWith(prefix) && !known.containsKey(address.substring(prefix.length()))) {
        problems.add(
            "queues."
                + queue.getKey()
                + ".handler: found "
                + address.substring(prefix.length())
                + ", expected the name of a handler on the class path ("
                + (known.isEmpty() ? "there is none" : String.join(", ", known.keySet()))
                + ")");
      }
    }
    return problems;
  }
}
