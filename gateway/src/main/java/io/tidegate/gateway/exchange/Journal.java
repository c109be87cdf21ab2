package io.tidegate.gateway.exchange;

import io.tidegate.metrics.api.RequestFacts;
import java.util.Locale;

/**
 * What happened to one request, for the log, the metrics and the span. Written by every room as it
 * goes, read once at the end; on the exchange's event loop only.
 */
public final class Journal {
  /** How far a request had come. */
  public enum Phase {
    RECEIVING,
    QUEUED,
    SENDING,
    WAITING,
    STREAMING,
    DONE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Lower-case name in logs. */
    public String label() {
      return label;
    }
  }

  private RequestFacts.Source source = RequestFacts.Source.LOCAL;
  private Phase phase = Phase.RECEIVING;
  private Failure failure;
  private Failure firstCause;
  private String detail = "";
  private String retrySkipped;
  private String fallback;
  private boolean faultInjected;
  private int attempts;
  private String job;
  private String upstream;
  private String endpoint;
  private long upstreamNanos;
  private long queuedNanos;
  private long bytesOut;
  private int status;
  private Phase left;
  private long endNanos;

  /** An attempt at {@code endpoint} of {@code upstream} begins. */
  public void attempt(String upstream, String endpoint) {
    attempts++;
    this.upstream = upstream;
    this.endpoint = endpoint;
  }

  /** What a fork of the request has seen becomes part of this. */
  void adopt(Journal fork) {
    attempts += fork.attempts;
    upstream = fork.upstream == null ? upstream : fork.upstream;
    endpoint = fork.endpoint == null ? endpoint : fork.endpoint;
    upstreamNanos += fork.upstreamNanos;
    queuedNanos += fork.queuedNanos;
    phase = fork.phase;
    faultInjected |= fork.faultInjected;
    retrySkipped = fork.retrySkipped == null ? retrySkipped : fork.retrySkipped;
    if (firstCause == null) {
      firstCause = fork.firstCause;
    }
  }

  /** Counts attempts that were made beside the one that answered. */
  public void alsoAttempted(int count) {
    attempts += count;
  }

  /** The request spent {@code nanos} in a queue of ours. */
  public void queued(long nanos) {
    queuedNanos += nanos;
  }

  /** An attempt took {@code nanos} until its head or its failure. */
  public void upstreamTook(long nanos) {
    upstreamNanos += nanos;
  }

  public void phase(Phase next) {
    phase = next;
  }

  /** The answer is (or would be) this failure; the first one named stays on record. */
  public void failed(Failure why, String what) {
    failure = why;
    detail = what;
    if (firstCause == null) {
      firstCause = why;
    }
  }

  /** An attempt failed; something else may still answer. */
  public void attemptFailed(Failure why, String what) {
    if (firstCause == null) {
      firstCause = why;
      detail = what;
    }
  }

  /** A fallback answered in place of the failure. */
  public void fellBack(String kind) {
    fallback = kind;
    failure = null;
  }

  public void retrySkipped(String reason) {
    retrySkipped = reason;
  }

  public void faultInjected() {
    faultInjected = true;
  }

  public void answered(RequestFacts.Source from, int code) {
    source = from;
    status = code;
  }

  /** The client left; what it was waiting for stays on record. */
  public void clientLeft() {
    if (left == null) {
      left = phase;
      failure = Failure.CLIENT_CLOSED;
      if (status == 0) {
        status = Failure.CLIENT_CLOSED.status();
      }
    }
  }

  /** The last byte went out, or never will. */
  public void over() {
    endNanos = System.nanoTime();
  }

  public long endNanos() {
    return endNanos;
  }

  /** Where the request was when its client left, or null. */
  public Phase left() {
    return left;
  }

  public void sent(long bytes) {
    bytesOut += bytes;
  }

  public RequestFacts.Source source() {
    return source;
  }

  public Phase phase() {
    return phase;
  }

  /** The failure that the client was told of, or null. */
  public Failure failure() {
    return failure;
  }

  /** What went wrong first, also when something else answered; or null. */
  public Failure firstCause() {
    return firstCause;
  }

  public String detail() {
    return detail;
  }

  /** Why a retry that the policy would have made was not made, or null. */
  public String retrySkipped() {
    return retrySkipped;
  }

  /** Which kind of fallback answered, or null. */
  public String fallback() {
    return fallback;
  }

  public boolean isFaultInjected() {
    return faultInjected;
  }

  public int attempts() {
    return attempts;
  }

  /** The request became this job, asks about it, or is a run of it. */
  public void job(String id) {
    job = id;
  }

  /** The job that the request is about, or null. */
  public String job() {
    return job;
  }

  /** The upstream called last, or null. */
  public String upstream() {
    return upstream;
  }

  /** The endpoint called last, or null. */
  public String endpoint() {
    return endpoint;
  }

  public long upstreamNanos() {
    return upstreamNanos;
  }

  public long queuedNanos() {
    return queuedNanos;
  }

  public long bytesOut() {
    return bytesOut;
  }

  public int status() {
    return status;
  }
}
