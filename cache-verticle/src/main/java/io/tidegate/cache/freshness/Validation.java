package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asking the origin whether what is stored is still good (RFC 9111 §4.3). */
public final class Validation {
  /** Tags named in one question; more are not worth their bytes. */
  private static final int MOST_TAGS = 16;

  private Validation() {}

  /**
   * A stored response as a validation has left it.
   *
   * @param response to answer this request with
   * @param unstorable why it must not be kept any longer, if so; then what is stored is to go
   */
  public record Freshened(StoredResponse response, Optional<Storability.Unstorable> unstorable) {}

  /**
   * The conditions to ask with, in place of the client's own and of its Range (§4.3.1). None if
   * nothing stored has a validator; then only a new response helps.
   *
   * @param selected the stored response that the request selects, if any
   * @param variants all that are stored for the target: the origin may say that another one fits
   */
  public static Fields conditions(
      Optional<StoredResponse> selected, List<StoredResponse> variants) {
    Set<String> tags = new LinkedHashSet<>();
    selected.ifPresent(stored -> addTag(stored, tags));
    variants.forEach(stored -> addTag(stored, tags));
    List<CharSequence> fields = new ArrayList<>(4);
    if (!tags.isEmpty()) {
      fields.add("If-None-Match");
      fields.add(String.join(", ", tags));
    }
    String changed =
        selected
            .filter(stored -> stored.status() == 200)
            .map(stored -> stored.headers().get("last-modified"))
            .orElse(null);
    if (changed != null && HttpDate.parse(changed, 0) != HttpDate.INVALID) {
      fields.add("If-Modified-Since");
      fields.add(changed);
    }
    return Fields.of(fields.toArray(CharSequence[]::new));
  }

  private static void addTag(StoredResponse stored, Set<String> tags) {
    String tag = stored.headers().get("etag");
    if (tag != null && !tag.isBlank() && stored.status() == 200 && tags.size() < MOST_TAGS) {
      tags.add(tag.trim());
    }
  }

  /**
   * Which of the stored responses a 304 is about (§4.3.4); none: call again without conditions.
   *
   * <p>A 304 without validators is taken to be about the one response that was asked about,
   * although §4.3.4 holds that only for one without validators: many origins forget the ETag, and a
   * question that named one tag leaves no doubt.
   *
   * @param asked those whose validators were sent, the one that the request selects first
   */
  public static List<StoredResponse> identified(List<StoredResponse> asked, MultiMap notModified) {
    String tag = notModified.get("etag");
    if (EntityTag.isStrong(tag)) {
      return asked.stream()
          .filter(each -> EntityTag.strongMatch(tag, each.headers().get("etag")))
          .toList();
    }
    String changed = notModified.get("last-modified");
    if (tag != null || changed != null) {
      return asked.stream()
          .filter(each -> isAlike(each, tag, changed))
          .max((a, b) -> Long.compare(a.responseMillis(), b.responseMillis()))
          .stream()
          .toList();
    }
    return asked.size() == 1 ? asked : List.of();
  }

  private static boolean isAlike(StoredResponse stored, String tag, String changed) {
    if (tag != null) {
      return EntityTag.weakMatch(tag, stored.headers().get("etag"));
    }
    String known = stored.headers().get("last-modified");
    return known != null && known.trim().equals(changed.trim());
  }

  /**
   * The stored response with the fields of a 304 (§3.2), judged anew. It keeps its tags: a 304 need
   * not repeat them.
   *
   * @param notModified the exchange that gave the 304; its request is one that selects {@code
   *     stored}
   */
  public static Freshened freshened(StoredResponse stored, Fetch notModified, CachePolicy policy) {
    MultiMap merged = StoredFields.updated(stored.headers(), notModified.response());
    var whole =
        new Fetch(
            "GET",
            notModified.request(),
            stored.status(),
            merged,
            notModified.requestMillis(),
            notModified.responseMillis());
    Storability judged = Storing.judge(whole, policy);
    if (judged instanceof Storable storable && storable.isWhole(stored.body().length())) {
      return new Freshened(
          storable.tagged(stored.tags()).with(stored.key(), stored.body(), stored.generation()),
          Optional.empty());
    }
    Storability.Unstorable why =
        judged instanceof Storability.Unstorable found ? found : Storability.Unstorable.STATUS;
    return new Freshened(onlyForThis(stored, whole), Optional.of(why));
  }

  private static StoredResponse onlyForThis(StoredResponse stored, Fetch fetch) {
    return new StoredResponse(
        stored.key(),
        stored.status(),
        StoredFields.of(fetch.response(), List.of()),
        stored.body(),
        fetch.requestMillis(),
        fetch.responseMillis(),
        Lifetime.initialAge(fetch),
        0,
        stored.vary(),
        stored.variant(),
        stored.tags(),
        stored.generation(),
        false);
  }

  /**
   * What a 200 to HEAD does to a stored response that the request selects (§4.3.5): freshens it if
   * it is about the same representation; empty: the stored response is stale.
   */
  public static Optional<Freshened> freshenedByHead(
      StoredResponse stored, Fetch head, CachePolicy policy) {
    boolean same =
        stored.status() == 200
            && isSameIfSaid(stored.headers().get("etag"), head.response().get("etag"))
            && isSameIfSaid(
                stored.headers().get("last-modified"), head.response().get("last-modified"))
            && isSameIfSaid(
                Integer.toString(stored.body().length()), head.response().get("content-length"));
    return same ? Optional.of(freshened(stored, head, policy)) : Optional.empty();
  }

  private static boolean isSameIfSaid(String known, String said) {
    return said == null || known != null && known.trim().equals(said.trim());
  }
}
