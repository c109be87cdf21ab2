package io.tidegate.worker.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.worker.api.Durability;
import io.tidegate.worker.store.redis.Safety.Barrier;
import io.tidegate.worker.store.redis.Safety.Facts;
import org.junit.jupiter.api.Test;

class SafetyTest {
  private static Facts facts(int version, boolean appends, String fsync, int replicas) {
    return new Facts(version, "noeviction", appends, fsync, replicas, false);
  }

  @Test
  void aServerThatSyncsEachWriteIsDurableWithoutWaiting() {
    for (Durability asked : Durability.values()) {
      assertThat(Safety.judge(facts(602, true, "always", 0), asked))
          .isEqualTo(new Safety(Durability.FSYNC, Barrier.NONE));
    }
  }

  @Test
  void aServerThatSyncsNowAndThenIsWaitedForIfItCanSayWhenItHas() {
    assertThat(Safety.judge(facts(702, true, "everysec", 0), Durability.FSYNC))
        .isEqualTo(new Safety(Durability.FSYNC, Barrier.DISK));
    assertThat(Safety.judge(facts(801, true, "", 0), Durability.FSYNC).barrier())
        .isEqualTo(Barrier.DISK);
    assertThatThrownBy(() -> Safety.judge(facts(700, true, "everysec", 0), Durability.FSYNC))
        .hasMessageContaining("appendfsync: everysec (expected: always, or a single Redis of 7.2");
    Facts cluster = new Facts(702, "noeviction", true, "everysec", 0, true);
    assertThatThrownBy(() -> Safety.judge(cluster, Durability.FSYNC))
        .hasMessageContaining("appendfsync");
  }

  @Test
  void aReplicaIsWaitedForIfThereIsOne() {
    assertThat(Safety.judge(facts(602, false, "everysec", 1), Durability.REPLICATED))
        .isEqualTo(new Safety(Durability.REPLICATED, Barrier.REPLICA));
    assertThatThrownBy(() -> Safety.judge(facts(602, true, "no", 0), Durability.REPLICATED))
        .hasMessageContaining("connected_slaves: 0");
  }

  @Test
  void otherwiseJobsSurviveWhatRedisSurvives() {
    assertThat(Safety.judge(facts(602, true, "everysec", 0), Durability.OS))
        .isEqualTo(new Safety(Durability.OS, Barrier.NONE));
  }

  @Test
  void serversThatAreTooOldOrDeleteJobsAreRefused() {
    assertThatThrownBy(() -> Safety.judge(facts(600, true, "always", 0), Durability.OS))
        .hasMessageContaining("redis_version: 6.0 (expected: 6.2 or newer)");
    Facts evicting = new Facts(702, "volatile-lru", true, "always", 0, false);
    assertThatThrownBy(() -> Safety.judge(evicting, Durability.OS))
        .hasMessageContaining("maxmemory-policy: volatile-lru (expected: noeviction");
  }
}
