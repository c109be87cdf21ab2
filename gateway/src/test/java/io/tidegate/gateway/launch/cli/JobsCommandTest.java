package io.tidegate.gateway.launch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators type, what the admin port is asked, and what they see. */
class JobsCommandTest {
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private HttpServer admin;
  private String out;
  private String err;

  @BeforeEach
  void start() throws Exception {
    admin =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private void answer(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              asked.add((request.method() + " " + request.uri() + " " + body).trim());
              String answer = answers.get(request.path());
              request.response().setStatusCode(answer == null ? 404 : 200);
              request
                  .response()
                  .end(
                      answer == null
                          ? "{\"detail\":\"There is no queue wrok; did you mean work?\"}"
                          : answer);
            });
  }

  private int jobs(String... words) {
    var printed = new ByteArrayOutputStream();
    var errors = new ByteArrayOutputStream();
    var console =
        new Console(
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            Map.of("TIDEGATE_ADMIN", "http://127.0.0.1:" + admin.actualPort()),
            Path.of(""));
    int code = new JobsCommand().execute(Arrays.asList(words), console);
    out = printed.toString(StandardCharsets.UTF_8);
    err = errors.toString(StandardCharsets.UTF_8);
    return code;
  }

  @Test
  void listIsATableAndSaysWhereItGoesOn() {
    answers.put(
        "/jobs",
        """
        {"jobs":[{"id":"0198","state":"dead","queue":"work","route":"orders","attempts":2,
        "max_attempts":5,"created_at":"2031-05-04T03:00:00Z",
        "last_error":{"type":"status","status":503,"message":"away"}}],"next":"0197"}
        """);

    assertThat(jobs("list", "--queue", "work", "--state=dead", "--error", "status")).isZero();

    assertThat(asked).containsExactly("GET /jobs?queue=work&state=dead&error=status");
    assertThat(out.lines().toList())
        .containsExactly(
            "id    state  queue  route   attempts  created_at            last_error",
            "0198  dead   work   orders  2/5       2031-05-04T03:00:00Z  status 503: away",
            "more: --cursor 0197");
  }

  @Test
  void nothingIsSaidInWords() {
    answers.put("/jobs", "{\"jobs\":[]}");
    answers.put("/schedules", "{\"schedules\":[]}");
    assertThat(jobs("list")).isZero();
    assertThat(out).isEqualTo("no jobs\n");
    assertThat(jobs("schedules")).isZero();
    assertThat(out).isEqualTo("no schedules\n");
  }

  @Test
  void showHasEachRun() {
    answers.put(
        "/jobs/0198",
        """
        {"id":"0198","state":"dead","attempts_log":[{"delivery":1,"started_at":"T1",
        "duration_ms":12,"outcome":"retry","status":503,"error":{"type":"status","status":503,
        "message":"away"}}],"links":{"self":"/jobs/0198"}}
        """);

    assertThat(jobs("show", "0198")).isZero();

    assertThat(out)
        .contains("  id     0198\n", "run  started_at  ms  outcome  status  error\n")
        .contains("1    T1          12  retry    503     status 503: away\n")
        .doesNotContain("links");
  }

  @Test
  void requeueSaysWhichAndMayOnlyCount() {
    answers.put("/queues/work/dead/requeue", "{\"requeued\":5,\"dry_run\":true}");

    assertThat(
            jobs(
                "requeue",
                "work",
                "--error",
                "timeout",
                "--since",
                "2h",
                "--limit",
                "9",
                "--dry-run"))
        .isZero();

    assertThat(out).isEqualTo("would be put back: 5\n");
    JsonObject wish = new JsonObject(asked.get(0).substring(asked.get(0).indexOf('{')));
    assertThat(wish.getBoolean("dry_run")).isTrue();
    assertThat(wish.getString("limit")).isEqualTo("9");
    JsonObject filter = wish.getJsonObject("filter");
    assertThat(filter.getString("error")).isEqualTo("timeout");
    assertThat(Duration.between(Instant.parse(filter.getString("since")), Instant.now()))
        .isBetween(Duration.ofMinutes(119), Duration.ofMinutes(121));

    jobs("requeue", "work", "--id", "a", "--id", "b");
    assertThat(asked.get(1)).endsWith("{\"dry_run\":false,\"ids\":[\"a\",\"b\"]}");
  }

  @Test
  void manyAreRetriedAndOneThatIsUnknownMakesTheCode() {
    answers.put("/jobs/a/retry", "{\"id\":\"a\",\"state\":\"queued\"}");

    assertThat(jobs("retry", "a", "b")).isEqualTo(1);

    assertThat(out).isEqualTo("a: queued\n");
    assertThat(err).contains("404");
  }

  @Test
  void aWrongNameIsAnsweredWithTheOneThatWasMeant() {
    assertThat(jobs("pause", "wrok")).isEqualTo(1);
    assertThat(err).contains("404: There is no queue wrok; did you mean work?");
  }

  @Test
  void queuesSayWhatIsInThem() {
    answers.put(
        "/queues",
        """
        {"queues":[{"queue":"work","mode":"open","depth":{"queued":3,"dead":1},"bytes":9,
        "oldest_ready_ms":7,"configured":true},
        {"queue":"old","mode":"open","depth":{},"bytes":0,"oldest_ready_ms":0,
        "configured":false}]}
        """);

    jobs("queues");

    assertThat(out.lines().toList())
        .containsExactly(
            "queue  mode            waiting_ms  bytes  jobs",
            "work   open            7           9      3 queued, 1 dead",
            "old    not configured  0           0      none");
  }
}
