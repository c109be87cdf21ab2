package io.tidegate.gateway.admin;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the admin port can ask of the gateway. Called on the admin verticle's event loop; nothing
 * here may block it. A failed future becomes a 500 without details, which are logged.
 *
 * <p>The shapes of the JSON are part of the operator's interface: fields may be added, none is
 * renamed or removed.
 */
public interface Operations {
  /** Whether this node should be sent traffic. */
  Readiness readiness();

  /** The meters in the text form that {@code accept} (the Accept field; may be empty) asks for. */
  Future<Scrape> metrics(String accept);

  /** One object per route, in the file's order: {@code id}, {@code match}, {@code target}, … */
  Future<JsonArray> routes();

  /** One object per upstream, as of {@link UpstreamReport}. */
  Future<JsonArray> upstreams();

  /** The effective configuration with every secret replaced, and its {@code version}. */
  Future<JsonObject> config();

  /** The latest operational events, newest first: {@code time}, {@code event}, and their own. */
  Future<JsonArray> events();

  /** The numbers of the last second. */
  Future<JsonObject> snapshot();

  /** The jobs of this node; empty when it has no queues. */
  Optional<Jobs> jobs();

  /** Reads the configuration file again and applies it if it is valid. */
  Future<Reload> reload();

  /**
   * Isolates or closes an upstream's breaker on every node.
   *
   * @return false when there is no such upstream
   */
  Future<Boolean> breaker(String upstream, BreakerOrder order);

  /**
   * Forgets stored responses, in every tier and on every node.
   *
   * @return how many of them this node had in memory
   */
  Future<Long> purge(PurgeOrder order);

  /** What the cache holds and how often that helped: {@code memory}, {@code routes}, … */
  Future<JsonObject> cache();

  /** Begins to drain: not ready, then no new connections; answers before that is over. */
  Future<Void> drain();

  /**
   * Tells which route would take a request and with which policies.
   *
   * @return fails with {@link IllegalArgumentException}, whose message the operator sees, when the
   *     request makes no sense
   */
  Future<JsonObject> explain(Question question);

  /** What an operator can want of a breaker. */
  enum BreakerOrder {
    /** Refuse all calls until closed. */
    ISOLATE,
    /** Let calls through, with nothing held against the upstream. */
    CLOSE
  }

  /**
   * @param reasons why not, such as {@code draining}; empty when ready
   */
  record Readiness(boolean ready, List<String> reasons) {
    public static final Readiness READY = new Readiness(true, List.of());

    public Readiness {
      reasons = List.copyOf(reasons);
    }

    public static Readiness not(String... reasons) {
      return new Readiness(false, List.of(reasons));
    }
  }

  /** The meters as text. */
  record Scrape(String contentType, Buffer body) {}

  /**
   * How a reload ended.
   *
   * @param version of the configuration that is in force now
   * @param errors why the file was not taken, each with its place; empty when it was
   * @param restart what changed in the file but needs a restart
   */
  record Reload(String version, List<String> errors, List<String> restart) {
    public Reload {
      errors = List.copyOf(errors);
      restart = List.copyOf(restart);
    }
  }

  /**
   * A request to be explained.
   *
   * @param url absolute, or a path with an optional query
   */
  record Question(String method, String url, List<Map.Entry<String, String>> headers) {
    public Question {
      headers = List.copyOf(headers);
    }

    /** The first value of a field, whatever the case of its name. */
    public Optional<String> header(String name) {
      return headers.stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .findFirst();
    }
  }
}
