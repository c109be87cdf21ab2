package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.Forward;
import io.tidegate.cache.api.Rendition;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.Answer;
import io.tidegate.cache.freshness.Bypass;
import io.tidegate.cache.freshness.RequestKey;
import io.tidegate.cache.freshness.Reuse;
import io.tidegate.cache.freshness.Storable;
import io.tidegate.cache.freshness.Validation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of {@code freshness} in the words of the contract. Decides nothing of its own. */
final class Rules {
  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");
  private static final Map<Bypass, Verdict.Bypass> BYPASSES = new EnumMap<>(Bypass.class);

  static {
    for (Bypass each : Bypass.values()) {
      Forward why = each == Bypass.METHOD ? Forward.METHOD : Forward.BYPASS;
      BYPASSES.put(each, new Verdict.Bypass(why, each.token()));
    }
  }

  private Rules() {}

  static String key(CacheQuery query) {
    return RequestKey.of(
        query.scheme(), query.host(), query.path(), query.query(), query.policy().key());
  }

  /** Why the store has no say; null when it has. */
  static Verdict.Bypass bypass(CacheQuery query) {
    Bypass found = Bypass.of(query.method(), query.headers(), query.policy());
    return found == Bypass.NONE ? null : BYPASSES.get(found);
  }

  /** Whether only a part is asked for, or none of it: others could not be given of the answer. */
  static boolean isPartial(CacheQuery query) {
    return !query.method().equals("GET") || query.headers().contains(RANGE);
  }

  /** 500, 502, 503 or 504: those for which a stale answer may stand in (RFC 5861 §4). */
  static boolean isOriginError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  /** How a stored response answers a request. */
  static Rendition rendition(CacheQuery query, Entry entry) {
    MultiMap headers = query.headers();
    if (!headers.contains(HttpHeaders.IF_NONE_MATCH)
        && !headers.contains(HttpHeaders.IF_MODIFIED_SINCE)
        && !headers.contains(RANGE)) {
      return entry.whole();
    }
    return rendition(Answer.of(entry.stored(), query.method(), headers));
  }

  /** How a response answers whose body is still coming: a range of it gets the whole. */
  static Rendition onTheWay(CacheQuery query, StoredResponse head, long length) {
    Answer answer =
        Answer.of(
            head.status(),
            head.headers(),
            -1,
            head.responseMillis(),
            query.method(),
            query.headers());
    return answer.length() == 0
        ? rendition(answer)
        : new Rendition(answer.status(), answer.headers(), 0, length);
  }

  private static Rendition rendition(Answer answer) {
    return new Rendition(answer.status(), answer.headers(), answer.offset(), answer.length());
  }

  /** On what ground something is used; null when it is not. */
  static Verdict.Use use(Reuse reuse) {
    return switch (reuse) {
      case FRESH -> Verdict.Use.FRESH;
      case STALE_ACCEPTED -> Verdict.Use.STALE_ACCEPTED;
      case STALE_UPSTREAM_DOWN -> Verdict.Use.STALE_IF_ERROR;
      case STALE_WHILE_REVALIDATE -> Verdict.Use.STALE_WHILE_REVALIDATE;
      case STALE, NO_CACHE, REQUESTED, GATEWAY_TIMEOUT -> null;
    };
  }

  /** Asks for the whole, and whether one of {@code asked} is still good. */
  static void askForTheWhole(MultiMap outgoing, List<StoredResponse> asked, boolean selected) {
    outgoing
        .remove(RANGE)
        .remove(IF_RANGE)
        .remove(HttpHeaders.IF_NONE_MATCH)
        .remove(HttpHeaders.IF_MODIFIED_SINCE);
    if (!asked.isEmpty()) {
      Optional<StoredResponse> first = selected ? Optional.of(asked.get(0)) : Optional.empty();
      Fields conditions = Validation.conditions(first, asked);
      conditions.forEach((name, value) -> outgoing.set(name, value));
    }
  }

  /** As it is stored but for its body, which is to come. */
  static StoredResponse headOf(Storable storable, String key, long generation) {
    return new StoredResponse(
        key,
        storable.status(),
        storable.headers(),
        Buffer.buffer(0),
        storable.requestMillis(),
        storable.responseMillis(),
        storable.initialAgeSeconds(),
        storable.lifetimeSeconds(),
        storable.vary(),
        storable.variant(),
        storable.tags(),
        generation,
        false);
  }

  /** With its body. */
  static StoredResponse withBody(StoredResponse head, Buffer body) {
    return copy(head, body, head.generation(), false);
  }

  /** Marked as stale. */
  static StoredResponse softened(StoredResponse stored, long generation) {
    return copy(stored, stored.body(), generation, true);
  }

  /** As of a number of orders. */
  static StoredResponse as(StoredResponse stored, long generation) {
    return copy(stored, stored.body(), generation, stored.softPurged());
  }

  private static StoredResponse copy(
      StoredResponse it, Buffer body, long generation, boolean softPurged) {
    return new StoredResponse(
        it.key(),
        it.status(),
        it.headers(),
        body,
        it.requestMillis(),
        it.responseMillis(),
        it.initialAgeSeconds(),
        it.lifetimeSeconds(),
        it.vary(),
        it.variant(),
        it.tags(),
        generation,
        softPurged);
  }
}
