package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;

/**
 * A job's changes as they happen, as server-sent events: {@code id} is the version, {@code event}
 * is {@code state}, {@code progress} when a run says how far it is, and {@code end} when the job is
 * over. A client that comes again with the last id it saw gets what it missed, as the state that it
 * came to.
 */
final class EventStream implements Reply.Proxied {
  private static final CharSequence LAST = HttpHeaders.createOptimized("last-event-id");
  private static final Duration BEAT = Duration.ofSeconds(15);
  private static final Buffer COMMENT = Buffer.buffer(":\n\n");

  private final Jobs jobs;
  private final JobId id;
  private final String prefix;
  private final Runnable whenOver;
  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
  private BodySink sink;
  private long seen;
  private int progress;
  private boolean first = true;
  private boolean paused;
  private boolean asking;
  private boolean over;

  /**
   * @param whenOver gives back the subscriber's place; called once
   */
  EventStream(Jobs jobs, JobId id, String prefix, Exchange exchange, Runnable whenOver) {
    this.jobs = jobs;
    this.id = id;
    this.prefix = prefix;
    this.whenOver = whenOver;
    this.seen = last(exchange.head().headers().get(LAST));
    headers.set(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.set("X-Accel-Buffering", "no");
    exchange.begin(this::discard);
  }

  private static long last(String text) {
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  @Override
  public int status() {
    return 200;
  }

  @Override
  public MultiMap headers() {
    return headers;
  }

  @Override
  public long length() {
    return -1;
  }

  @Override
  public String protocol() {
    return "1.1";
  }

  @Override
  public RequestFacts.Source source() {
    return RequestFacts.Source.JOB;
  }

  @Override
  public void receive(BodySink to) {
    sink = to;
    ask();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    ask();
  }

  @Override
  public void discard() {
    if (!over) {
      over = true;
      whenOver.run();
    }
  }

  /** Waits for the next change; a silent while becomes a comment, which keeps proxies awake. */
  private void ask() {
    if (over || paused || asking || sink == null) {
      return;
    }
    asking = true;
    // The last version that was seen may be the job's last: then there is nothing to wait for.
    Future<JobLookup> answer = first ? jobs.get(id) : jobs.get(id, seen, BEAT);
    first = false;
    answer.onComplete(
        done -> {
          asking = false;
          if (!over) {
            if (done.failed()) {
              broken();
            } else {
              tell(done.result());
              ask();
            }
          }
        });
  }

  private void tell(JobLookup lookup) {
    if (!(lookup instanceof JobLookup.Found found)) {
      end("{}");
      return;
    }
    JobStatus job = found.status();
    String document = JobJson.of(found, prefix).encode();
    int said = found.progress().map(JobProgress::number).orElse(0);
    if (job.version() > seen) {
      seen = job.version();
      send("state", document);
      progress = said;
    } else if (said > progress) {
      progress = said;
      send("progress", JobJson.progress(found.progress().get()).encode());
    } else if (!job.state().terminal()) {
      sink.chunk(COMMENT);
    }
    if (job.state().terminal()) {
      end(document);
    }
  }

  private void send(String event, String data) {
    sink.chunk(Buffer.buffer("id: " + seen + "\nevent: " + event + "\ndata: " + data + "\n\n"));
  }

  private void end(String document) {
    if (!over) {
      send("end", document);
      discard();
      sink.end(MultiMap.caseInsensitiveMultiMap());
    }
  }

  /** The client comes again by itself, with the last version it saw. */
  private void broken() {
    discard();
    sink.broken(Failure.JOBS_UNAVAILABLE);
  }
}
