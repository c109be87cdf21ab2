package io.tidegate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Holds conf/tidegate.schema.json, the files under conf/ and the parser to each other. */
class SchemaTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final Path SCHEMA = CONF.resolve("tidegate.schema.json");

  private static final Validator VALIDATOR =
      Validator.create(
          JsonSchema.of(FileKeys.schema()),
          new JsonSchemaOptions()
              .setOutputFormat(OutputFormat.Basic)
              .setDraft(Draft.DRAFT202012)
              .setBaseUri("https://tidegate.io/schema/tidegate.schema.json"));

  private static OutputUnit validate(String yaml) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    Object tree = new Load(settings).loadFromString(yaml);
    @SuppressWarnings("unchecked")
    JsonObject json = new JsonObject((Map<String, Object>) tree);
    return VALIDATOR.validate(new JsonObject(json.encode()));
  }

  private static void isValid(OutputUnit output) {
    assertThat(output.getValid()).as(() -> String.valueOf(output.getErrors())).isTrue();
  }

  /** With -Dtidegate.schema.write=true the file is written instead. */
  @Test
  void thePublishedSchemaIsTheOneThatTheParsersTableGives() throws IOException {
    String schema = FileKeys.schema().encodePrettily() + "\n";
    if (Boolean.getBoolean("tidegate.schema.write")) {
      Files.writeString(SCHEMA, schema);
    }
    assertThat(SCHEMA).as("write it anew with -Dtidegate.schema.write=true").hasContent(schema);
  }

  @Test
  void everyKeyHasADescription() {
    JsonObject definitions = FileKeys.schema().getJsonObject("$defs");
    for (String name : definitions.fieldNames()) {
      JsonObject properties = definitions.getJsonObject(name).getJsonObject("properties");
      if (properties != null) {
        for (String key : properties.fieldNames()) {
          assertThat(properties.getJsonObject(key).getString("description"))
              .as(name + "." + key)
              .isNotBlank();
        }
      }
    }
  }

  @Test
  void theFullSampleUsesEveryKeyThatTheTableHas() {
    List<Section> sections =
        List.of(
            FileKeys.FILE,
            PolicyKeys.DEFAULTS,
            RouteKeys.ROUTE,
            OffloadKeys.ASYNC,
            OffloadKeys.QUEUE,
            OffloadKeys.JOBS,
            OffloadKeys.STORE);
    String text = Samples.FULL;

    for (Section section : sections) {
      assertThat(section.keys()).allSatisfy(key -> assertThat(text).contains(key.name() + ":"));
    }
    assertThat(validate(text)).satisfies(SchemaTest::isValid);
  }

  @Test
  void defaultsInTheSchemaAreThoseOfTheParser() {
    JsonObject effective = ConfigRedacted.of(Samples.options(Samples.SMALL));
    JsonObject upstream = effective.getJsonObject("upstreams").getJsonObject("orders");
    JsonObject route = effective.getJsonArray("routes").getJsonObject(0);

    assertDefaults("server", effective.getJsonObject("server"));
    assertDefaults("server-limits", effective.getJsonObject("server").getJsonObject("limits"));
    assertDefaults("admin", effective.getJsonObject("admin"));
    assertDefaults("telemetry-logs", effective.getJsonObject("telemetry").getJsonObject("logs"));
    assertDefaults(
        "telemetry-traces", effective.getJsonObject("telemetry").getJsonObject("traces"));
    assertDefaults(
        "telemetry-metrics", effective.getJsonObject("telemetry").getJsonObject("metrics"));
    assertDefaults("upstream", upstream);
    assertDefaults(
        "stores-redis",
        ConfigRedacted.of(Samples.options(Samples.SMALL + "stores: {redis: {url: redis://h}}\n"))
            .getJsonObject("stores")
            .getJsonObject("redis"));
    assertDefaults("stores-cache", effective.getJsonObject("stores").getJsonObject("cache"));
    assertDefaults(
        "cache",
        ConfigRedacted.of(Samples.options(Samples.SMALL + "    cache: {}\n"))
            .getJsonArray("routes")
            .getJsonObject(0)
            .getJsonObject("cache"));
    for (String section : List.of("pool", "outlier", "concurrency")) {
      assertDefaults(section, upstream.getJsonObject(section));
    }
    assertDefaults("route", route);
    JsonObject jobs =
        ConfigRedacted.of(
            Samples.options(Samples.SMALL + "    async: {queue: q}\nqueues: {q: {}}\n"));
    JsonObject queue = jobs.getJsonObject("queues").getJsonObject("q");
    assertDefaults("async", jobs.getJsonArray("routes").getJsonObject(0).getJsonObject("async"));
    assertDefaults("queue", queue);
    assertDefaults("queue-retry", queue.getJsonObject("retry"));
    assertDefaults("queue-backoff", queue.getJsonObject("retry").getJsonObject("backoff"));
    assertDefaults("queue-batch", queue.getJsonObject("batch"));
    assertDefaults("jobs", jobs.getJsonObject("jobs"));
    assertDefaults("callbacks", jobs.getJsonObject("jobs").getJsonObject("callbacks"));
    assertDefaults("stores-jobs", jobs.getJsonObject("stores").getJsonObject("jobs"));
    assertDefaults("rewrite", route.getJsonObject("rewrite"));
    assertDefaults("timeout", route.getJsonObject("timeout"));
    assertDefaults("retry", route.getJsonObject("retry"));
    assertDefaults("backoff", route.getJsonObject("retry").getJsonObject("backoff"));
    assertDefaults("budget", route.getJsonObject("retry").getJsonObject("budget"));
  }

  private static void assertDefaults(String definition, JsonObject effective) {
    JsonObject properties =
        FileKeys.schema()
            .getJsonObject("$defs")
            .getJsonObject(definition)
            .getJsonObject("properties");
    for (String key : new TreeSet<>(properties.fieldNames())) {
      JsonObject property = properties.getJsonObject(key);
      if (property.containsKey("default")) {
        assertThat(effective.getValue(key))
            .as(definition + "." + key)
            .isEqualTo(property.getValue("default"));
      }
    }
  }

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(CONF)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyPublishedFilePassesSchemaAndParser(Path file) throws IOException {
    ConfigReport report = ConfigFile.read(file, Map.of());

    assertThat(report.errors()).isEmpty();
    if (file.endsWith("fault-injection.yaml")) {
      assertThat(report.warnings()).hasSize(1);
    } else {
      assertThat(report.warnings()).isEmpty();
    }
    assertThat(validate(Files.readString(file))).satisfies(SchemaTest::isValid);
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyPublishedFileNamesTheSchemaForEditors(Path file) throws IOException {
    String schema = file.getParent().equals(CONF) ? "" : "../";

    assertThat(Files.readString(file))
        .startsWith("# yaml-language-server: $schema=" + schema + "tidegate.schema.json\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upstreams: {}",
        "routes: []",
        "demo: 1\nroutes: [{match: {}, respond: {}}]",
        "prot: 1\nroutes: [{match: {}, respond: {}}]",
        "queues: {a: {concurrency: 0}}\nroutes: [{match: {}, respond: {}}]",
        "queues: {'a b': {}}\nroutes: [{match: {}, respond: {}}]",
        "queues: {a: {schedule: [{request: {path: /}}]}}\nroutes: [{match: {}, respond: {}}]",
        "jobs: {prefix: jobs}\nroutes: [{match: {}, respond: {}}]",
        "routes: [{match: {}, respond: {}, fallback: [{queue: a, status: 503}]}]",
        "routes: [{match: {}}]",
        "routes: [{match: {}, respond: {}, upstream: a}]",
        "routes: [{match: {}, respond: {}, cache: {ttl: 1}}]",
        "routes: [{match: {}, respond: {}, cache: {methods: [POST]}}]",
        "routes: [{match: {}, respond: {}, cache: {vary: ['*']}}]",
        "routes: [{match: {}, respond: {}, cache: {key: {query: [a], ignore: [b]}}}]",
        "routes: [{match: {}, respond: {status: 99}}]",
        "routes: [{match: {}, respond: {body: a, json: b}}]",
        "routes: [{match: {path: a}, respond: {}}]",
        "routes: [{match: {host: 'a:80'}, respond: {}}]",
        "routes: [{match: {}, redirect: {to: /, status: 200}}]",
        "routes: [{match: {}, respond: {}, retry: {attempts: 11}}]",
        "routes: [{match: {}, respond: {}, retry: {attempts: '3'}}]",
        "routes: [{match: {}, respond: {}, retry: true}]",
        "routes: [{match: {}, respond: {}, retry: {on: [oops]}}]",
        "routes: [{match: {}, respond: {}, retry: {on: [200]}}]",
        "routes: [{match: {}, respond: {}, fallback: [old]}]",
        "routes: [{match: {}, respond: {}, fallback: [{status: 503, upstream: a}]}]",
        "routes: [{match: {}, respond: {}, timeout: {total: 10}}]",
        "routes: [{match: {}, respond: {}, limits: {body: 10KB}}]",
        "routes: [{match: {}, respond: {}, rate-limit: {rate: 5}}]",
        "routes: [{match: {}, respond: {}, rate-limit: {rate: 5/s, scope: cluster}}]",
        "routes: [{match: {}, respond: {}, request: {set: {Connection: close}}}]",
        "routes: [{match: {}, respond: {}, request: {set: {X-A: \"a\\nb\"}}}]",
        "routes: [{match: {}, respond: {}, fault: {delay: {time: 1s}}}]",
        "server: {port: 70000}\nroutes: [{match: {}, respond: {}}]",
        "telemetry: {metrics: {otlp: x}}\nroutes: [{match: {}, respond: {}}]",
        "telemetry: {logs: {level: loud}}\nroutes: [{match: {}, respond: {}}]",
        "upstreams: {a: {endpoints: []}}\nroutes: [{match: {}, upstream: a}]",
        "upstreams: {a: {endpoints: [ftp://h]}}\nroutes: [{match: {}, upstream: a}]",
        "upstreams: {'a b': {endpoints: [http://h]}}\nroutes: [{match: {}, respond: {}}]",
        "upstreams: {a: {endpoints: [http://h], breaker: {failure-rate: 0.5}}}\n"
            + "routes: [{match: {}, upstream: a}]",
      })
  void whatTheSchemaCanSayIsRefusedByBoth(String text) {
    assertThat(Samples.parse(text).errors()).isNotEmpty();
    assertThat(validate(text).getValid()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server: {port: '${PORT:8080}'}\nroutes: [{match: {}, respond: {}}]",
        "routes: [{match: {}, respond: {}, retry: {attempts: '${N:2}', on: connect}}]",
        "routes: [{match: {methods: GET, host: a}, respond: {}, retry: false}]",
        "upstreams: {a: {endpoints: http://h, balance: {hash: ip}, breaker: false}}\n"
            + "routes: [{match: {}, upstream: a, fallback: false}]",
        "upstreams: {a: {endpoints: http://h}}\n"
            + "routes: [{match: {}, upstream: a, fallback: [stale], cache: {key: {query: []}}}]",
      })
  void whatIsMeantToWorkPassesBoth(String text) {
    assertThat(Samples.parse(text).errors()).isEmpty();
    assertThat(validate(text)).satisfies(SchemaTest::isValid);
  }
}
