package io.tidegate.worker.api;

/**
 * How much a queue takes in.
 *
 * @param depth jobs that are not over, at least 1; the dead count too, so that a heap of them
 *     becomes noticed
 * @param bytes that those jobs take
 * @param body of one job
 */
public record AdmissionPlan(int depth, long bytes, long body) {
  public static final AdmissionPlan DEFAULTS = new AdmissionPlan(100_000, 1L << 30, 1 << 20);

  public AdmissionPlan {
    if (depth < 1) {
      throw new IllegalArgumentException("max-depth: " + depth + " (expected: at least 1)");
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("max-bytes: " + bytes + " (expected: at least 1)");
    }
    if (body < 0 || body > 256L << 20) {
      throw new IllegalArgumentException("max-body: " + body + " (expected: 0 to 256MiB)");
    }
  }
}
