package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Forward;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.RequestDirectives;
import io.tidegate.cache.freshness.Reuse;
import io.tidegate.cache.freshness.Terms;
import java.util.List;
import java.util.Optional;

/**
 * What memory says to a request, on whatever event loop it is. A hit costs the text of its key, one
 * look-up and the verdict.
 */
public final class Front {
  /** Longer keys are not worth their memory. */
  private static final int LONGEST_KEY = 8192;

  private static final Verdict.Bypass NO_STORE = new Verdict.Bypass(Forward.REQUEST, "no-store");
  private static final Verdict.Bypass TOO_LONG = new Verdict.Bypass(Forward.BYPASS, "key-too-long");
  private static final Verdict.Unsatisfiable UNSATISFIABLE = new Verdict.Unsatisfiable();

  private final Parts parts;
  private final Verdict.Ask[] asks;

  public Front(Parts parts) {
    this.parts = parts;
    Forward[] all = Forward.values();
    asks = new Verdict.Ask[all.length];
    for (Forward each : all) {
      asks[each.ordinal()] = new Verdict.Ask(each);
    }
  }

  Parts parts() {
    return parts;
  }

  /** What was found for a request. */
  private record Found(
      CacheQuery query,
      RequestDirectives directives,
      String key,
      Slot slot,
      Entry entry,
      long now) {
    Forward why() {
      if (entry != null) {
        boolean insists = directives.noCache() || directives.maxAge() != RequestDirectives.ABSENT;
        return insists ? Forward.REQUEST : Forward.STALE;
      }
      return slot == null || slot.variants().isEmpty() ? Forward.URI_MISS : Forward.VARY_MISS;
    }
  }

  /** See {@link io.tidegate.cache.api.ResponseCache#lookup}. */
  public Verdict lookup(CacheQuery query) {
    return look(query, parts.shared().isThere());
  }

  /** The same once the shared tier has had its say. */
  Verdict lookupAlone(CacheQuery query) {
    return look(query, false);
  }

  private Verdict look(CacheQuery query, boolean sharedMayKnow) {
    Verdict bypass = Rules.bypass(query);
    if (bypass != null) {
      return bypass;
    }
    String key = Rules.key(query);
    if (key.length() > LONGEST_KEY) {
      return TOO_LONG;
    }
    Found found = find(query, key);
    Verdict served = found.entry == null ? null : serve(found);
    return served != null ? served : beyond(found, sharedMayKnow);
  }

  private Found find(CacheQuery query, String key) {
    Slot slot = parts.memory().get(key);
    Entry entry = slot == null ? null : parts.memory().alive(slot.select(query.headers()));
    return new Found(query, RequestDirectives.of(query.headers()), key, slot, entry, parts.now());
  }

  /** Null when it may not be used. */
  private Verdict serve(Found found) {
    Entry entry = found.entry;
    Reuse reuse =
        Reuse.judge(
            entry.stored(),
            entry.terms(),
            found.directives,
            found.query.policy(),
            found.now,
            found.query.upstreamDown());
    if (!reuse.isServed()) {
      return null;
    }
    boolean refresh = reuse.use() == Reuse.Use.SERVE_AND_REFRESH && entry.claim(System.nanoTime());
    return verdict(found.query, entry, Rules.use(reuse), found.now, refresh);
  }

  private static Verdict.Serve verdict(
      CacheQuery query, Entry entry, Verdict.Use use, long now, boolean refresh) {
    StoredResponse stored = entry.stored();
    long age = stored.ageSeconds(now);
    return new Verdict.Serve(
        stored,
        Rules.rendition(query, entry),
        use,
        Verdict.Tier.MEMORY,
        age,
        stored.lifetimeSeconds() - age,
        refresh);
  }

  private Verdict beyond(Found found, boolean sharedMayKnow) {
    RequestDirectives directives = found.directives;
    Forward why = found.why();
    boolean ask = sharedMayKnow && why != Forward.REQUEST;
    if (directives.onlyIfCached()) {
      return ask ? asks[why.ordinal()] : UNSATISFIABLE;
    }
    if (directives.noStore()) {
      return NO_STORE;
    }
    if (found.slot != null && found.slot.isPassing(found.now)) {
      return pass(found, "hit-for-miss");
    }
    if (ask) {
      return asks[why.ordinal()];
    }
    if (isAlone(found.query)) {
      return pass(found, "alone");
    }
    return found.entry != null && neverFresh(found.entry)
        ? pass(found, "always-validated")
        : asks[why.ordinal()];
  }

  /** Nobody can be given of what only confirms a single answer each time. */
  private static boolean neverFresh(Entry entry) {
    StoredResponse stored = entry.stored();
    return entry.terms().noCache() || stored.lifetimeSeconds() <= stored.initialAgeSeconds();
  }

  /** Whether a request neither waits nor is waited for. */
  boolean isAlone(CacheQuery query) {
    if (Rules.isPartial(query) || !query.policy().coalesce()) {
      return true;
    }
    RequestDirectives directives = RequestDirectives.of(query.headers());
    return directives.noCache() || directives.maxAge() == 0;
  }

  private Verdict.Pass pass(Found found, String detail) {
    return new Verdict.Pass(call(found, Call.Audience.NOBODY), found.why(), detail);
  }

  /** A call of one's own for a request, beside others. */
  Verdict.Pass pass(CacheQuery query, String detail) {
    return pass(find(query, Rules.key(query)), detail);
  }

  /** A call for which others wait. */
  Call lead(CacheQuery query, Call.Audience audience) {
    return call(find(query, Rules.key(query)), audience);
  }

  private Call call(Found found, Call.Audience audience) {
    List<StoredResponse> others =
        found.slot == null
            ? List.of()
            : found.slot.variants().stream()
                .filter(each -> each != found.entry && parts.memory().alive(each) == each)
                .map(Entry::stored)
                .toList();
    return new Call(this, found.query, found.key, found.entry, others, audience);
  }

  /** Why a request is not answered by what is stored. */
  Forward why(CacheQuery query) {
    return find(query, Rules.key(query)).why();
  }

  /** Whether a response that is not yet stored answers a request. */
  boolean isServed(CacheQuery query, StoredResponse head) {
    return Reuse.judge(
            head,
            Terms.of(head),
            RequestDirectives.of(query.headers()),
            query.policy(),
            parts.now(),
            query.upstreamDown())
        .isServed();
  }

  /** Whether no order means a response that is not yet stored. */
  boolean isLive(StoredResponse head) {
    return parts.purges().judge(head, head.generation()) == Purges.Judgement.LIVE;
  }

  /** What the origin has just confirmed. */
  Verdict.Serve revalidated(CacheQuery query, Entry entry) {
    return verdict(query, entry, Verdict.Use.REVALIDATED, parts.now(), false);
  }

  /** What is stored for a request, if it may be used because the origin failed. */
  Optional<Verdict.Serve> onError(CacheQuery query, Entry entry) {
    if (entry == null
        || parts.memory().alive(entry) == null
        || !Reuse.isAllowedOnError(
            entry.stored(),
            entry.terms(),
            RequestDirectives.of(query.headers()),
            query.policy(),
            parts.now())) {
      return Optional.empty();
    }
    return Optional.of(verdict(query, entry, Verdict.Use.STALE_IF_ERROR, parts.now(), false));
  }

  /** See {@link io.tidegate.cache.api.ResponseCache#stale}. */
  public Optional<Verdict.Serve> stale(CacheQuery query) {
    if (Rules.bypass(query) != null) {
      return Optional.empty();
    }
    return onError(query, find(query, Rules.key(query)).entry);
  }

  /** Gives the shared tier what memory has got. From any event loop. */
  void share(Entry entry, SharedTier.Stamp stamp) {
    if (parts.shared().isThere()) {
      parts.context().runOnContext(any -> parts.shared().put(entry, stamp));
    }
  }
}
