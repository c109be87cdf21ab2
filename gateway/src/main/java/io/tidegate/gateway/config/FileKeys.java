package io.tidegate.gateway.config;

import io.vertx.core.json.JsonObject;

/** The whole file: the table that parser, schema and documentation are drawn from. */
final class FileKeys {
  static final Section FILE =
      new Section("file", "Configuration of a Tidegate node.")
          .key("server", ServerKeys.SERVER, "The port for clients.")
          .key("admin", ServerKeys.ADMIN, "The operator's port.")
          .key(
              "upstreams",
              new MapShape(UpstreamKeys.NAME, UpstreamKeys.UPSTREAM, false),
              "Services by name, and how they are called.")
          .key("defaults", PolicyKeys.DEFAULTS, "Merged under every route: a route's own key wins.")
          .required("routes", ListShape.of(RouteKeys.ROUTE).atLeastOne(), "Most specific wins.")
          .key("telemetry", ServerKeys.TELEMETRY, "What is logged, traced and counted.")
          .key(
              "queues",
              new MapShape(OffloadKeys.QUEUE_NAME, OffloadKeys.QUEUE, false),
              "Where jobs wait, by name.")
          .key("jobs", OffloadKeys.JOBS, "How clients ask about their jobs.")
          .key("stores", StoreKeys.STORES, "What the node keeps, and where.")
          .key("demo", Shapes.FLAG, "Starts the sample upstream on 127.0.0.1:9000.", false)
          .notYet("auth", "cluster", "roles");

  private FileKeys() {}

  /** JSON Schema, draft 2020-12, of the whole file. */
  static JsonObject schema() {
    JsonObject definitions = new JsonObject();
    ScalarShape.define(definitions);
    JsonObject schema =
        new JsonObject()
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("$id", "https://tidegate.io/schema/tidegate.schema.json")
            .put("title", "Tidegate configuration");
    return schema.mergeIn(FILE.definition(definitions)).put("$defs", definitions);
  }
}
