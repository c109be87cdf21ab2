package io.tidegate.gateway.config;

import io.tidegate.gateway.StoresOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code stores} as a record, and the record as it would be written. */
final class StoreAssembly {
  private StoreAssembly() {}

  static StoresOptions stores(Fields fields) {
    StoresOptions.Cache d = StoresOptions.Cache.DEFAULTS;
    Fields cache = fields.section("cache");
    return new StoresOptions(
        fields.has("redis") ? Optional.of(redis(fields.section("redis"))) : Optional.empty(),
        new StoresOptions.Cache(
            cache.size("memory", d.memory()),
            cache.flag("redis", d.redis()),
            cache.duration("timeout", d.timeout())));
  }

  static StoresOptions.Redis redis(Fields fields) {
    return new StoresOptions.Redis(
        fields.items("url", String.class),
        fields.text("user").filter(text -> !text.isEmpty()),
        fields.text("password").filter(text -> !text.isEmpty()),
        fields.flag("tls", false),
        fields
            .get("mode", StoresOptions.Redis.Mode.class)
            .orElse(StoresOptions.Redis.Mode.STANDALONE),
        fields.text("master").orElse(StoresOptions.Redis.MASTER),
        fields.whole("pool", StoresOptions.Redis.POOL),
        fields.duration("timeout", StoresOptions.Redis.TIMEOUT));
  }

  /** What the tables cannot say of {@code stores}. */
  static void check(Fields stores, Problems problems) {
    Fields cache = stores.section("cache");
    if (cache.flag("redis", false) && !stores.has("redis")) {
      problems.error(
          cache.placeOf("redis"), "found true, expected stores.redis to say where it is");
    }
    Fields jobs = stores.section("jobs");
    if (OffloadAssembly.isShared(jobs) && !stores.has("redis")) {
      problems.error(
          jobs.placeOf("engine"), "found redis, expected stores.redis to say where it is");
    }
    Fields redis = stores.section("redis");
    boolean alone =
        redis
            .get("mode", StoresOptions.Redis.Mode.class)
            .orElse(StoresOptions.Redis.Mode.STANDALONE)
            .equals(StoresOptions.Redis.Mode.STANDALONE);
    if (alone && !redis.isBroken("mode") && redis.items("url").size() > 1) {
      problems.error(
          redis.placeOf("url"),
          "found " + redis.items("url").size() + " URLs, expected one with mode standalone");
    }
  }

  static JsonObject json(StoresOptions stores) {
    JsonObject json = new JsonObject();
    stores.redis().ifPresent(redis -> json.put("redis", json(redis)));
    return json.put(
        "cache",
        new JsonObject()
            .put("memory", Units.writeSize(stores.cache().memory()))
            .put("redis", stores.cache().redis())
            .put("timeout", Units.write(stores.cache().timeout())));
  }

  private static JsonObject json(StoresOptions.Redis redis) {
    JsonObject json =
        new JsonObject()
            .put("url", new JsonArray(redis.urls()))
            .put("user", redis.user().orElse(""));
    redis.password().ifPresent(password -> json.put("password", ConfigRedacted.HIDDEN));
    return json.put("tls", redis.tls())
        .put("mode", Shapes.word(redis.mode()))
        .put("master", redis.master())
        .put("pool", redis.pool())
        .put("timeout", Units.write(redis.timeout()));
  }
}
