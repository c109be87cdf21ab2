package io.tidegate.gateway.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, sizes, shares and rates as they are written in the file, both ways. */
final class Units {
  static final String DURATION = "[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)";
  static final String SIZE = "[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB|TiB)";
  static final String SHARE = "[0-9]+(\\.[0-9]+)?%";
  static final String RATE = "[0-9]+(\\.[0-9]+)?/(s|m|h)";

  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(/?[A-Za-z%]+)");

  /** Largest first, for writing. */
  private static final Map<String, Long> NANOS = new LinkedHashMap<>();

  private static final Map<String, Long> BYTES = new LinkedHashMap<>();

  static {
    NANOS.put("d", 86_400_000_000_000L);
    NANOS.put("h", 3_600_000_000_000L);
    NANOS.put("m", 60_000_000_000L);
    NANOS.put("s", 1_000_000_000L);
    NANOS.put("ms", 1_000_000L);
    BYTES.put("TiB", 1L << 40);
    BYTES.put("GiB", 1L << 30);
    BYTES.put("MiB", 1L << 20);
    BYTES.put("KiB", 1L << 10);
    BYTES.put("B", 1L);
  }

  private Units() {}

  /** Permits added in so many seconds. */
  record Rate(long permits, long seconds) {
    double perSecond() {
      return (double) permits / seconds;
    }

    @Override
    public String toString() {
      return permits + "/" + (seconds == 1 ? "s" : seconds == 60 ? "m" : "h");
    }
  }

  static Optional<Duration> duration(String text) {
    return amount(text, NANOS).map(Duration::ofNanos);
  }

  static String write(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    // A day is written in hours: 24h says more about a timeout than 1d.
    for (String unit : new String[] {"h", "m", "s"}) {
      if (nanos % NANOS.get(unit) == 0) {
        return nanos / NANOS.get(unit) + unit;
      }
    }
    return plain(BigDecimal.valueOf(nanos).movePointLeft(6)) + "ms";
  }

  static Optional<Long> size(String text) {
    return amount(text, BYTES);
  }

  static String writeSize(long bytes) {
    for (Map.Entry<String, Long> unit : BYTES.entrySet()) {
      if (bytes >= unit.getValue() && bytes % unit.getValue() == 0) {
        return bytes / unit.getValue() + unit.getKey();
      }
    }
    return bytes + "B";
  }

  static Optional<Double> share(String text) {
    return amount(text, Map.of("%", 1_000_000_000L)).map(n -> n / 100e9);
  }

  static String writeShare(double share) {
    BigDecimal percent = BigDecimal.valueOf(share).movePointRight(2);
    return plain(percent.setScale(7, RoundingMode.HALF_UP)) + "%";
  }

  static Optional<Rate> rate(String text) {
    if (!text.matches("[0-9]{1,15}/[smh]")) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    long permits = Long.parseLong(text.substring(0, slash));
    char unit = text.charAt(slash + 1);
    return Optional.of(new Rate(permits, unit == 's' ? 1 : unit == 'm' ? 60 : 3600));
  }

  /** A rate that may have a fraction, as events per second. */
  static Optional<Double> frequency(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (!matcher.matches() || !text.matches(RATE)) {
      return Optional.empty();
    }
    double amount = Double.parseDouble(matcher.group(1));
    char unit = text.charAt(text.length() - 1);
    return Optional.of(amount / (unit == 's' ? 1 : unit == 'm' ? 60 : 3600));
  }

  static String writeFrequency(double perSecond) {
    return plain(BigDecimal.valueOf(perSecond).setScale(9, RoundingMode.HALF_UP)) + "/s";
  }

  private static Optional<Long> amount(String text, Map<String, Long> units) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
      return Optional.empty();
    }
    BigDecimal unit = BigDecimal.valueOf(units.get(matcher.group(2)));
    try {
      return Optional.of(new BigDecimal(matcher.group(1)).multiply(unit).longValueExact());
    } catch (ArithmeticException e) {
      return Optional.empty(); // too large, or a part of the smallest unit
    }
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
