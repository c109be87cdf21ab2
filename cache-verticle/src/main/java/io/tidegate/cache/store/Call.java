package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.FetchFailure;
import io.tidegate.cache.api.Fetched;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.Fetch;
import io.tidegate.cache.freshness.Storability;
import io.tidegate.cache.freshness.Storable;
import io.tidegate.cache.freshness.Storing;
import io.tidegate.cache.freshness.Validation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call to the origin, from the side of who makes it. What becomes of the answer is decided
 * where the answer is; those who wait are told of it.
 */
final class Call implements Lease, Stream.Owner {
  /** Who is to know how a call went. Told on the event loop of the call's holder. */
  interface Audience {
    /** Nobody waits. */
    Audience NOBODY =
        new Audience() {
          @Override
          public boolean isWaiting() {
            return false;
          }

          @Override
          public void told(Call call, Outcome outcome) {}
        };

    boolean isWaiting();

    void told(Call call, Outcome outcome);
  }

  /** How a call went. */
  sealed interface Outcome {
    /** Its answer has begun, and may be read by others. */
    record Flying(Stream stream) implements Outcome {}

    /** Its answer is at its end, or has outgrown what others are given. */
    record Landed() implements Outcome {}

    /** What was stored is good again, and in memory. */
    record Confirmed() implements Outcome {}

    /** The answer was for one request only. */
    record ForOne() implements Outcome {}

    /** No answer that could be given to anybody. */
    record Failed(FetchFailure failure) implements Outcome {}

    /** Nobody called. */
    record Abandoned() implements Outcome {}
  }

  private final Parts parts;
  private final Front front;
  private final CacheQuery query;
  private final String key;
  private final Audience audience;
  private final long generation;
  private final long beganNanos = System.nanoTime();
  private final SharedTier.Stamp stamp;

  /** What the request selects of what is stored, to be validated; null: nothing. */
  private Entry candidate;

  /** Other variants: the origin may say that one of them fits. */
  private List<StoredResponse> others;

  private Stream stream;
  private boolean secondTry;
  private boolean told;

  Call(
      Front front,
      CacheQuery query,
      String key,
      Entry candidate,
      List<StoredResponse> others,
      Audience audience) {
    this.front = front;
    this.parts = front.parts();
    this.query = query;
    this.key = key;
    this.candidate = candidate;
    this.others = others;
    this.audience = audience;
    this.generation = parts.purges().generation();
    this.stamp = parts.shared().stamp();
  }

  /** When it was allowed: what changed after that makes its answer too old. */
  long beganNanos() {
    return beganNanos;
  }

  /**
   * Whether the whole is asked for. Not by one who goes alone with nothing stored: its own
   * conditions are worth more to it than to us.
   */
  private boolean asksForTheWhole() {
    return !Rules.isPartial(query) && (audience != Audience.NOBODY || candidate != null);
  }

  /** What is asked about, the selected one first. */
  private List<StoredResponse> asked() {
    if (candidate == null) {
      return others;
    }
    List<StoredResponse> all = new ArrayList<>(others.size() + 1);
    all.add(candidate.stored());
    all.addAll(others);
    return all;
  }

  @Override
  public void prepare(MultiMap outgoing) {
    if (asksForTheWhole()) {
      Rules.askForTheWhole(outgoing, asked(), candidate != null);
    }
  }

  @Override
  public boolean isAwaited() {
    return audience.isWaiting() || stream != null && stream.isRead();
  }

  @Override
  public Fetched head(
      int status, MultiMap headers, long length, long requestMillis, long responseMillis) {
    if (told) {
      return new Fetched.NotStored("lease-over");
    }
    var fetch =
        new Fetch(query.method(), query.headers(), status, headers, requestMillis, responseMillis);
    if (query.method().equals("HEAD")) {
      return headOnly(fetch);
    }
    if (status == 304 && asksForTheWhole()) {
      return notModified(fetch);
    }
    if (!Rules.isOriginError(status)) {
      return arrived(fetch, length);
    }
    Optional<Verdict.Serve> stale = front.onError(query, candidate);
    if (stale.isEmpty()) {
      return arrived(fetch, length);
    }
    tell(new Outcome.Failed(failure(status)));
    return new Fetched.Stale(stale.get());
  }

  private static FetchFailure failure(int status) {
    return new FetchFailure(
        FetchFailure.ORIGIN_ERROR, status, "the upstream answered " + status, 0);
  }

  /** It stores nothing, but tells whether what is stored is still good (RFC 9111 §4.3.5). */
  private Fetched headOnly(Fetch fetch) {
    tell(new Outcome.ForOne());
    if (fetch.status() == 200 && candidate != null) {
      Validation.freshenedByHead(candidate.stored(), fetch, query.policy())
          .filter(fresh -> fresh.unstorable().isEmpty())
          .ifPresentOrElse(
              fresh -> keep(entry(fresh.response())), () -> parts.memory().remove(key, candidate));
    }
    return new Fetched.NotStored(Storability.Unstorable.METHOD.token());
  }

  private Fetched notModified(Fetch fetch) {
    List<StoredResponse> identified = Validation.identified(asked(), fetch.response());
    if (!identified.isEmpty()) {
      return confirmed(identified.get(0), fetch);
    }
    if (secondTry) {
      tell(new Outcome.ForOne());
      return new Fetched.NotStored(Storability.Unstorable.STATUS.token());
    }
    secondTry = true;
    candidate = null;
    others = List.of();
    return new Fetched.Again(this);
  }

  private Fetched confirmed(StoredResponse stored, Fetch fetch) {
    Validation.Freshened fresh = Validation.freshened(stored, fetch, query.policy());
    Entry renewed = entry(fresh.response());
    if (fresh.unstorable().isEmpty()) {
      keep(renewed);
      tell(new Outcome.Confirmed());
    } else {
      parts.memory().remove(key);
      tell(new Outcome.ForOne());
    }
    return new Fetched.Revalidated(front.revalidated(query, renewed));
  }

  /** As of the orders that had been given when this call was allowed. */
  private Entry entry(StoredResponse response) {
    return Entry.of(Rules.as(response, generation), query.policy());
  }

  private Fetched arrived(Fetch fetch, long length) {
    Storability found = Storing.judge(fetch, query.policy());
    if (!(found instanceof Storable storable)) {
      return notStored(fetch.status(), ((Storability.Unstorable) found).token());
    }
    if (length > query.policy().maxObject()) {
      return notStored(fetch.status(), Storability.Unstorable.TOO_LARGE.token());
    }
    StoredResponse head = Rules.headOf(storable, key, generation);
    stream =
        new Stream(parts.vertx(), head, length, query.policy().maxObject(), parts.budget(), this);
    StreamReader ours = stream.open();
    tell(new Outcome.Flying(stream));
    return new Fetched.Storing(stream, ours, Rules.onTheWay(query, head, length));
  }

  private Fetched notStored(int status, String reason) {
    if (Rules.isOriginError(status)) {
      tell(new Outcome.Failed(failure(status)));
    } else {
      forOne();
      tell(new Outcome.ForOne());
    }
    return new Fetched.NotStored(reason);
  }

  /** Nobody is to wait for an answer to this key for a while. */
  private void forOne() {
    parts.memory().pass(key, parts.now() + parts.limits().passMillis());
  }

  @Override
  public Optional<Verdict.Serve> failed(FetchFailure failure) {
    if (told) {
      return Optional.empty();
    }
    tell(new Outcome.Failed(failure));
    return front.onError(query, candidate);
  }

  @Override
  public void abandon() {
    if (!told) {
      tell(new Outcome.Abandoned());
    }
  }

  private void tell(Outcome outcome) {
    told = true;
    audience.told(this, outcome);
  }

  @Override
  public void whole(StoredResponse head, Buffer body) {
    keep(Entry.of(Rules.withBody(head, body), query.policy()));
    audience.told(this, new Outcome.Landed());
  }

  @Override
  public void dropped(StoredResponse head, boolean tooLarge) {
    if (tooLarge) {
      forOne();
    }
    audience.told(this, new Outcome.Landed());
  }

  /** Unless it has become too old on its way. */
  private void keep(Entry entry) {
    Memory memory = parts.memory();
    if (memory.alive(entry) == null || memory.hasChanged(key, beganNanos)) {
      return;
    }
    memory.put(entry);
    if (memory.hasChanged(key, beganNanos)) { // Between the question and the answer.
      memory.remove(key);
    } else {
      front.share(entry, stamp);
    }
  }
}
