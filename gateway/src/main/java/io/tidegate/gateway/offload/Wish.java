package io.tidegate.gateway.offload;

import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobTerms;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;

/**
 * On what terms a client wants its job.
 *
 * @param key its idempotency key, without quotes; empty: none
 */
record Wish(Optional<String> key, JobTerms terms) {
  static final String KEY = "Idempotency-Key";
  static final String DELAY = "Job-Delay";
  static final String RUN_AT = "Job-Run-At";
  static final String DEADLINE = "Job-Deadline";
  static final String PRIORITY = "Job-Priority";
  static final String MAX_ATTEMPTS = "Job-Max-Attempts";
  static final String GROUP = "Job-Group";
  static final String CALLBACK = "Job-Callback-Url";

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final String DURATION = "a duration such as 30s, 5m or 2h";
  private static final String TIME = "a time such as 2031-05-04T03:00:00Z (RFC 3339)";

  /**
   * Whether its request may be called before there is a job. A key has to be known before its
   * request is sent; a time, a group and a callback are promises that only a job keeps.
   */
  boolean startsAtOnce() {
    return key.isEmpty()
        && terms.runAt().isEmpty()
        && terms.group().isEmpty()
        && terms.callback().isEmpty();
  }

  /** Where a wish is written: the fields of a request, or an item of a batch. */
  interface Source extends Function<String, Optional<String>> {}

  /**
   * Reads the fields of a wish.
   *
   * @throws WrongField when one makes no sense
   */
  static Wish read(Source fields, AsyncOptions route, CallbackOptions callbacks, Instant now) {
    Optional<Instant> runAt = runAt(fields, now);
    Optional<Instant> deadline = fields.apply(DEADLINE).map(text -> deadline(text, now));
    if (deadline.isPresent() && !deadline.get().isAfter(runAt.orElse(now))) {
      String expected = "a time after that at which the job may be run";
      throw new WrongField(DEADLINE, fields.apply(DEADLINE).orElse(""), expected);
    }
    return new Wish(
        fields.apply(KEY).map(Wish::key),
        new JobTerms(
            runAt,
            deadline,
            number(fields, PRIORITY, 0, JobTerms.MAX_PRIORITY, 0),
            number(fields, MAX_ATTEMPTS, 1, JobTerms.MAX_ATTEMPTS, 0),
            fields.apply(GROUP).map(Wish::group).orElse(""),
            fields.apply(CALLBACK).map(url -> callback(url, route, callbacks)).orElse("")));
  }

  /** A string of RFC 8941, or what else is visible and unquoted. */
  private static String key(String text) {
    String value = text.trim();
    if (value.startsWith("\"")) {
      value = unquoted(value);
    } else if (value.contains("\"")) {
      throw wrongKey(text);
    }
    boolean visible = value.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (value.isEmpty() || value.length() > IdempotencyKey.MAX_LENGTH || !visible) {
      throw wrongKey(text);
    }
    return value;
  }

  private static String unquoted(String text) {
    StringBuilder value = new StringBuilder();
    int at = 1;
    for (; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
        if (at == text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\\')) {
          throw wrongKey(text);
        }
      }
      value.append(text.charAt(at));
    }
    boolean ends = at < text.length();
    String rest = ends ? text.substring(at + 1).trim() : "";
    if (!ends || !(rest.isEmpty() || rest.startsWith(";"))) {
      throw wrongKey(text);
    }
    return value.toString();
  }

  private static WrongField wrongKey(String found) {
    return new WrongField(KEY, found, "1 to 255 visible characters, such as \"8e03978e\"");
  }

  private static Optional<Instant> runAt(Source fields, Instant now) {
    Optional<String> delay = fields.apply(DELAY);
    Optional<String> time = fields.apply(RUN_AT);
    if (delay.isPresent() && time.isPresent()) {
      throw new WrongField(RUN_AT, time.get(), "either this or " + DELAY);
    }
    if (delay.isPresent()) {
      return delay.map(text -> now.plus(duration(DELAY, text)));
    }
    return time.map(text -> time(RUN_AT, text))
        .map(
            at -> {
              if (at.isAfter(now.plus(LONGEST))) {
                throw new WrongField(RUN_AT, time.get(), "a time within a year");
              }
              return at;
            });
  }

  private static Instant deadline(String text, Instant now) {
    return text.matches("[0-9.]+[a-z]+")
        ? now.plus(duration(DEADLINE, text))
        : time(DEADLINE, text);
  }

  private static Instant time(String name, String text) {
    try {
      return OffsetDateTime.parse(text.trim()).toInstant();
    } catch (DateTimeException e) {
      throw new WrongField(name, text, TIME);
    }
  }

  private static Duration duration(String name, String text) {
    String value = text.trim();
    int unit = 0;
    while (unit < value.length() && Character.isDigit(value.charAt(unit))) {
      unit++;
    }
    if (unit == 0 || unit > 12) {
      throw new WrongField(name, text, DURATION);
    }
    long count = Long.parseLong(value.substring(0, unit));
    long millis =
        switch (value.substring(unit)) {
          case "ms" -> 1L;
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          default -> throw new WrongField(name, text, DURATION);
        };
    if (count > LONGEST.toMillis() / millis) {
      throw new WrongField(name, text, "a duration of at most a year");
    }
    return Duration.ofMillis(count * millis);
  }

  private static int number(Source fields, String name, int least, int most, int fallback) {
    Optional<String> text = fields.apply(name).map(String::trim);
    if (text.isEmpty()) {
      return fallback;
    }
    if (text.get().matches("[0-9]{1,3}")) {
      int number = Integer.parseInt(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new WrongField(name, text.get(), "a number from " + least + " to " + most);
  }

  private static String group(String text) {
    String value = text.trim();
    if (value.isEmpty() || value.length() > JobTerms.MAX_GROUP) {
      throw new WrongField(GROUP, text, "1 to " + JobTerms.MAX_GROUP + " characters");
    }
    return value;
  }

  private static String callback(String url, AsyncOptions route, CallbackOptions callbacks) {
    if (!route.callback()) {
      throw new WrongField(CALLBACK, url, "none: this route tells nobody");
    }
    CallbackTarget.check(url, callbacks)
        .ifPresent(
            expected -> {
              throw new WrongField(CALLBACK, url, expected);
            });
    return url.trim();
  }
}
