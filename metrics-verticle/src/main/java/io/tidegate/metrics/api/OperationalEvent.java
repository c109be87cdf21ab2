package io.tidegate.metrics.api;

import java.util.List;

/**
 * Something that an operator may want to be told. Published by whoever it happens to, with {@link
 * EventsBus}; logged, counted and kept for the console by the metrics verticle.
 *
 * <p>Components are text, whole numbers, truth values and lists of text: the wire form is made from
 * them.
 */
public sealed interface OperationalEvent {
  /** Whether somebody may have to do something about it: logged as a warning. */
  default boolean alarming() {
    return false;
  }

  /** What happened, for people. */
  String message();

  /**
   * A breaker changed its state; {@code from} and {@code to} are labels of {@code BreakerState}.
   */
  record BreakerChanged(String upstream, String from, String to, String reason)
      implements OperationalEvent {
    @Override
    public boolean alarming() {
      return to.equals("open") || to.equals("isolated");
    }

    @Override
    public String message() {
      return "breaker of " + upstream + ": " + from + " -> " + to + " (" + reason + ")";
    }
  }

  /** An endpoint failed too often and is left out for a while. */
  record EndpointEjected(String upstream, String endpoint, long millis)
      implements OperationalEvent {
    @Override
    public boolean alarming() {
      return true;
    }

    @Override
    public String message() {
      return "endpoint " + endpoint + " of " + upstream + " is left out for " + millis + " ms";
    }
  }

  /** An endpoint that was left out is used again. */
  record EndpointRestored(String upstream, String endpoint) implements OperationalEvent {
    @Override
    public String message() {
      return "endpoint " + endpoint + " of " + upstream + " is used again";
    }
  }

  /** Health checks came to another verdict. */
  record HealthChanged(String upstream, String endpoint, boolean healthy)
      implements OperationalEvent {
    @Override
    public boolean alarming() {
      return !healthy;
    }

    @Override
    public String message() {
      return "endpoint "
          + endpoint
          + " of "
          + upstream
          + (healthy ? " is" : " is not")
          + " healthy";
    }
  }

  /** An upstream's name has other addresses now. */
  record EndpointsChanged(String upstream, List<String> added, List<String> removed)
      implements OperationalEvent {
    public EndpointsChanged {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
    }

    @Override
    public String message() {
      return "endpoints of " + upstream + ": added " + added + ", removed " + removed;
    }
  }

  /** Another config is in use; {@code waiting} is what of it needs a restart. */
  record ConfigReloaded(String version, List<String> waiting) implements OperationalEvent {
    public ConfigReloaded {
      waiting = List.copyOf(waiting);
    }

    @Override
    public String message() {
      return "config "
          + version
          + " is in use"
          + (waiting.isEmpty() ? "" : "; needs a restart: " + String.join(", ", waiting));
    }
  }

  /** A changed config was refused; {@code version} is the one that stays. */
  record ConfigRejected(String version, List<String> errors) implements OperationalEvent {
    public ConfigRejected {
      errors = List.copyOf(errors);
    }

    @Override
    public boolean alarming() {
      return true;
    }

    @Override
    public String message() {
      return "the new config is not used, " + version + " stays: " + String.join("; ", errors);
    }
  }

  /** The node stops taking requests. */
  record DrainStarted(long millis) implements OperationalEvent {
    @Override
    public String message() {
      return "draining for up to " + millis + " ms";
    }
  }

  /** Faults are injected on a route from now on, or no longer. */
  record FaultsActive(String route, boolean active) implements OperationalEvent {
    @Override
    public boolean alarming() {
      return active;
    }

    @Override
    public String message() {
      return "faults are " + (active ? "" : "no longer ") + "injected on route " + route;
    }
  }

  /** A job failed for good. */
  record JobBuried(String queue, String job, String reason) implements OperationalEvent {
    @Override
    public boolean alarming() {
      return true;
    }

    @Override
    public String message() {
      return "job " + job + " of queue " + queue + " is dead: " + reason;
    }
  }

  /** A store, as Redis, went away or came back. */
  record StoreChanged(String store, boolean available, String detail) implements OperationalEvent {
    @Override
    public boolean alarming() {
      return !available;
    }

    @Override
    public String message() {
      return "store " + store + (available ? " is back" : " is away: " + detail);
    }
  }

  /** Another node came or went. */
  record MemberChanged(String member, boolean present) implements OperationalEvent {
    @Override
    public boolean alarming() {
      return !present;
    }

    @Override
    public String message() {
      return "node " + member + (present ? " joined" : " left");
    }
  }

  /** An operator did something at the admin port. */
  record OperatorActed(String who, String action, String target) implements OperationalEvent {
    @Override
    public String message() {
      return who + ": " + action + " " + target;
    }
  }
}
