package io.tidegate.worker.api;

import io.vertx.core.buffer.Buffer;
import java.time.ZoneId;

/**
 * Jobs by the clock. Each due time makes one job, on however many nodes and after however many
 * restarts.
 *
 * @param name unique within the queue, 1 to 100 characters
 * @param cron minute, hour, day of month, month, day of week, as in {@code 0 3 * * *}
 * @param zone whose clock it is: a time that is skipped in spring runs at the end of the gap, one
 *     that comes twice in autumn runs the first time
 * @param misfire what becomes of times that passed while nobody was there
 * @param overlap what happens when the job of the time before is not over
 * @param request template of the job; its id, key and run time are set anew each time
 */
public record ScheduleOptions(
    String name, CronPlan cron, ZoneId zone, Misfire misfire, Overlap overlap, JobRequest request) {

  public ScheduleOptions {
    if (name.isBlank() || name.length() > 100) {
      throw new IllegalArgumentException(
          "schedule.name: '" + name + "' (expected: 1 to 100 characters)");
    }
  }

  /** The queue that it fills. */
  public String queue() {
    return request.queue();
  }

  /** A form to be stored. */
  public Buffer toBuffer() {
    Buffer bytes = Buffer.buffer();
    Forms.write(bytes, this);
    return bytes;
  }

  /** The reverse of {@link #toBuffer}. */
  public static ScheduleOptions of(Buffer bytes) {
    return (ScheduleOptions) Forms.read(bytes, 0);
  }

  /** What happens when the job of the time before is not over. */
  public enum Overlap {
    /** The new one is made all the same. */
    ALLOW,
    /** This time is left out. */
    SKIP,
    /** The new one waits for the one before. */
    QUEUE
  }

  /**
   * What becomes of times that passed while nobody was there.
   *
   * @param runs how many of the latest are made up for: 0 none, 1 the last, up to 1000
   */
  public record Misfire(int runs) {
    public static final Misfire SKIP = new Misfire(0);
    public static final Misfire LATEST = new Misfire(1);

    public Misfire {
      if (runs < 0 || runs > 1000) {
        throw new IllegalArgumentException(
            "schedule.misfire: " + runs + " (expected: skip, latest, or all of 2 to 1000)");
      }
    }
  }
}
