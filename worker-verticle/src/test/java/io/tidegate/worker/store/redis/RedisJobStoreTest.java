package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.JobStoreContract;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisJobStoreTest extends JobStoreContract {
  private static RedisProcess redis;

  @BeforeAll
  static void start() throws IOException {
    redis = new RedisProcess(vertx);
  }

  @AfterAll
  static void stop() throws IOException {
    redis.close();
  }

  @Override
  protected JobStore make() {
    redis.run(Command.FLUSHALL);
    return new RedisJobStore(redis.store(Durability.OS), JobMeters.NONE, Optional.of(clock));
  }
}
