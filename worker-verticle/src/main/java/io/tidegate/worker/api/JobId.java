package io.tidegate.worker.api;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A job's name: a UUID of version 7 (RFC 9562), so that later jobs sort after earlier ones. The 74
 * bits that are not time come from a {@link SecureRandom}: knowing one id does not help to guess
 * another.
 */
public record JobId(long high, long low) implements Comparable<JobId> {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

  public JobId {
    if ((high >>> 12 & 15) != 7 || low >>> 62 != 2) {
      throw new IllegalArgumentException(
          "job id: " + new UUID(high, low) + " (expected: a UUID of version 7)");
    }
  }

  /**
   * A new id.
   *
   * @param millis since 1970, for the part that sorts
   */
  public static JobId fresh(long millis) {
    byte[] bits = new byte[10]; // One draw: the generator is shared and locks.
    RANDOM.nextBytes(bits);
    long low = 0;
    for (int i = 2; i < 10; i++) {
      low = low << 8 | bits[i] & 0xff;
    }
    int some = (bits[0] << 8 | bits[1] & 0xff) & 0xfff;
    return new JobId(millis << 16 | 0x7000 | some, low & 0x3fff_ffff_ffff_ffffL | 1L << 63);
  }

  /** Reads the text form; empty when it is not one that {@link #toString} writes. */
  public static Optional<JobId> parse(String text) {
    if (text.length() != 36 || !FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    UUID read = UUID.fromString(text);
    return Optional.of(new JobId(read.getMostSignificantBits(), read.getLeastSignificantBits()));
  }

  /** When it was made, in milliseconds since 1970. */
  public long millis() {
    return high >>> 16;
  }

  @Override
  public int compareTo(JobId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  /**
   * Lower-case hexadecimal digits in groups, as in {@code 0198f0c2-6e1a-7c3e-9a41-3f6b2c8d5e70}.
   */
  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }
}
