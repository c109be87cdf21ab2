package io.tidegate.metrics.api;

import java.util.function.LongSupplier;

/** What is counted of the cache, all event loops together. From any thread. */
public interface CacheMeters {
  /** What is counted by route, by its id. Each who asks is a holder and has to release it once. */
  CacheRouteMeters route(String id);

  /** Watches the memory tier; the last one that was told is read. */
  void memory(LongSupplier bytes, LongSupplier entries, LongSupplier limitBytes);

  /**
   * A response left the memory tier without being replaced.
   *
   * @param reason {@code size}, {@code expired} or {@code purged}
   */
  void evicted(String reason);

  /**
   * An order to forget was carried out.
   *
   * @param kind {@code url}, {@code prefix}, {@code tag} or {@code all}
   */
  void purged(String kind);

  /**
   * A command to Redis ended.
   *
   * @param command {@code get}, {@code set}, {@code purge} or {@code sync}
   * @param outcome {@code ok}, {@code timeout}, {@code error}, {@code rubbish}, or {@code skipped}
   *     when it was not sent
   */
  void redis(String command, String outcome, long nanos);
}
