package io.tidegate.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.redis.ValueCodec.Varies;
import io.tidegate.cache.redis.ValueCodec.Whole;
import io.tidegate.cache.store.SharedTier.Stamp;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class ValueCodecTest {
  private static Whole whole(byte[] body, String tag, String variant) {
    return new Whole(
        new StoredResponse(
            "GET https://example.org/" + tag,
            200,
            Fields.of("ETag", "\"1\"", "X-Empty", ""),
            Buffer.buffer(body),
            1,
            2,
            3,
            4,
            List.of("accept", "accept-language"),
            variant,
            List.of(tag, "b"),
            0,
            true),
        new Stamp("epoch", 9),
        99);
  }

  @Property(tries = 300)
  void readsBackWhatWasWritten(
      @ForAll @Size(max = 300) byte[] body,
      @ForAll @StringLength(max = 40) String tag,
      @ForAll @StringLength(max = 40) String variant) {
    Whole written = whole(body, plain(tag), plain(variant));
    Whole read = (Whole) ValueCodec.decode(ValueCodec.encode(written)).orElseThrow();
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("response.headers", "response.body")
        .isEqualTo(written);
    assertThat(read.response().body()).isEqualTo(written.response().body());
    assertThat(read.response().headers()).hasToString(written.response().headers().toString());
  }

  /** Half of a pair has no bytes of its own. */
  private static String plain(String text) {
    return text.replaceAll("[\\ud800-\\udfff]", "?");
  }

  @Property(tries = 50)
  void readsBackANote(@ForAll @StringLength(max = 40) String name) {
    Varies written = new Varies("GET x", List.of(plain(name)), "n", new Stamp("e", 1));
    assertThat(ValueCodec.decode(ValueCodec.encode(written))).contains(written);
  }

  @Property(tries = 300)
  void refusesWhatIsCutOffOrChanged(
      @ForAll @IntRange(min = 0, max = 10_000) int place,
      @ForAll @IntRange(min = 1, max = 255) int by) {
    Buffer value = ValueCodec.encode(whole(new byte[100], "tag", "v"));
    int at = place % value.length();
    assertThat(ValueCodec.decode(value.getBuffer(0, at))).isEmpty();
    Buffer changed = value.copy().setByte(at, (byte) (value.getByte(at) ^ by));
    assertThat(ValueCodec.decode(changed)).isEmpty();
  }

  /** As a version with other ideas of the layout would write it: the sum is right. */
  @Property(tries = 1000)
  void neitherFailsNorMakesMuchOfRubbishWithARightSum(
      @ForAll @IntRange(min = 8, max = 10_000) int place, @ForAll int number) {
    Buffer value = ValueCodec.encode(whole(new byte[100], "tag", "v"));
    int at = 8 + place % (value.length() - 12);
    value.setInt(at, number);
    var crc = new CRC32C();
    crc.update(value.getBytes(8, value.length()));
    value.setInt(4, (int) crc.getValue());
    ValueCodec.decode(value)
        .ifPresent(read -> assertThat(ValueCodec.encode((Whole) read).length()).isLessThan(2000));
  }
}
