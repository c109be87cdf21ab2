package io.tidegate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class JobIdTest {
  @Property
  void isAUuidOfVersionSevenThatCarriesItsTime(@ForAll @LongRange(min = 0) long time) {
    long millis = time & 0xffff_ffff_ffffL;
    JobId id = JobId.fresh(millis);
    UUID uuid = UUID.fromString(id.toString());
    assertThat(uuid.version()).isEqualTo(7);
    assertThat(uuid.variant()).isEqualTo(2);
    assertThat(id.millis()).isEqualTo(millis);
    assertThat(JobId.parse(id.toString())).contains(id);
  }

  @Test
  void laterOnesSortAfterEarlierOnesAlsoAsText() {
    JobId early = JobId.fresh(1_000);
    JobId late = JobId.fresh(1_001);
    assertThat(early).isLessThan(late);
    assertThat(early.toString()).isLessThan(late.toString());
  }

  @Test
  void otherTextIsNoId() {
    assertThat(JobId.parse("")).isEmpty();
    assertThat(JobId.parse("0198f0c2-6e1a-4c3e-9a41-3f6b2c8d5e70")).isEmpty();
    assertThat(JobId.parse("0198F0C2-6E1A-7C3E-9A41-3F6B2C8D5E70")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> new JobId(0, 0));
  }
}
