package io.tidegate.gateway.launch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.rehearsal.RehearsalReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private static final String FILE =
      """
      upstreams:
        orders: {endpoints: [http://127.0.0.1:9001, http://127.0.0.1:9002]}
        canary: {endpoints: [http://127.0.0.1:9003], breaker: false}
      routes:
        - id: order
          match: {path: "/orders/{id}", methods: [GET], host: api.example.com}
          upstream: orders
          rewrite: {path: "/v2/{id}"}
          request: {set: {Authorization: "${SECRET:none}"}}
          retry: false
        - id: all
          match: {path: /**, headers: {X-Beta: "1"}}
          split: [{upstream: orders, weight: 3}, {upstream: canary, weight: 1}]
        - id: old
          match: {path: /old/**}
          redirect: {to: "https://example.org/{path}"}
      """;

  @TempDir Path folder;
  private final List<RunRequest> runs = new ArrayList<>();
  private final List<RehearseRequest> rehearsals = new ArrayList<>();
  private List<String> missed = List.of();
  private String out;
  private String err;

  private final Program program =
      new Program() {
        @Override
        public String version() {
          return "1.2.3";
        }

        @Override
        public int run(RunRequest request) {
          runs.add(request);
          return 0;
        }

        @Override
        public RehearsalReport rehearse(RehearseRequest request) {
          rehearsals.add(request);
          request.progress().accept("playing");
          return new RehearsalReport(List.of(), missed);
        }
      };

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("good.yaml"), FILE);
    Files.writeString(folder.resolve("bad.yaml"), "demo: 1\nprot: 2\nroutes: []\n");
  }

  private int tidegate(String... arguments) {
    var answers = new ByteArrayOutputStream();
    var errors = new ByteArrayOutputStream();
    var console =
        new Console(
            new PrintStream(answers, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            Map.of("SECRET", "hidden"),
            folder);
    int code = new Cli(program, console).execute(List.of(arguments));
    out = answers.toString(StandardCharsets.UTF_8);
    err = errors.toString(StandardCharsets.UTF_8);
    return code;
  }

  @Test
  void runsTheFileThatIsNamed() {
    assertThat(tidegate("run", "-c", "my.yaml")).isZero();
    assertThat(tidegate("--config=my.yaml")).isZero();

    var request = new RunRequest(Optional.of(folder.resolve("my.yaml")));
    assertThat(runs).containsExactly(request, request);
  }

  @Test
  void runsTheFileOfTheWorkingFolderElseTheOneInsideTheJar() throws IOException {
    tidegate();
    Path file = folder.resolve("conf/tidegate.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, FILE);
    tidegate("run");

    assertThat(runs)
        .containsExactly(new RunRequest(Optional.empty()), new RunRequest(Optional.of(file)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cache | purge or stats is missing",
        "cache forget | expected purge or stats, found forget",
        "jobs | what to do is missing",
        "jobs show | the id of a job is missing",
        "jobs pause | the name of a queue is missing",
        "jobs list q | one argument too many: q",
        "jobs nope q | unknown: jobs nope (jobs --help lists all)",
        "cache purge | expected one of --url, --prefix, --tag, --all",
        "cache purge --tag a --all | expected one of --url, --prefix, --tag, --all",
        "cache stats --admin nowhere | --admin: expected a URL such as http://127.0.0.1:9090",
      })
  void cacheRefusesWhatItDoesNotUnderstand(String line, String said) {
    assertThat(tidegate(line.strip().split(" "))).isEqualTo(2);
    assertThat(err).contains(said.strip());
  }

  @Test
  void cacheSaysWhichNodeDoesNotAnswer() throws IOException {
    int port;
    try (var free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String node = "http://127.0.0.1:" + port;

    assertThat(tidegate("cache", "purge", "--all", "--admin", node)).isEqualTo(1);
    assertThat(err).startsWith("tidegate: " + node + ": no answer");
    assertThat(out).isEmpty();
  }

  @Test
  void checkSaysThatAFileIsGood() {
    assertThat(tidegate("check", "good.yaml")).isZero();
    assertThat(out).isEqualTo("good.yaml: ok (2 upstreams, 3 routes)\n");
    assertThat(err).isEmpty();
  }

  @Test
  void checkPrintsEveryProblemAndTheirNumber() {
    assertThat(tidegate("check", "bad.yaml")).isEqualTo(1);
    assertThat(out.lines())
        .hasSize(4)
        .anyMatch(
            line -> line.endsWith("bad.yaml:1:7: error: demo: found 1, expected true or false"))
        .endsWith("bad.yaml: 3 errors");
  }

  @Test
  void warningsAreCountedButDoNotFail() throws IOException {
    Files.writeString(
        folder.resolve("warn.yaml"),
        "upstreams: {a: {endpoints: [http://h]}}\n"
            + "routes: [{match: {}, upstream: a, fault: {reset: {share: 1%}}}]\n");

    assertThat(tidegate("check", "warn.yaml")).isZero();
    assertThat(out).endsWith("warn.yaml: ok, 1 warning (1 upstream, 1 route)\n");
  }

  @Test
  void aFileThatIsNotThereIsAnError() {
    assertThat(tidegate("check", "none.yaml")).isEqualTo(1);
    assertThat(out).contains("none.yaml:1:1: error: there is no such file");
  }

  @Test
  void explainShowsTheRouteItsPolicyAndWhatWouldBeCalled() {
    int code = tidegate("explain", "good.yaml", "GET", "http://api.example.com/orders/7?full=1");

    assertThat(code).isZero();
    assertThat(out)
        .contains("route order takes it\n")
        .containsPattern("\\{id}  +7\n")
        .containsPattern("calls  +http://127.0.0.1:9001/v2/7\\?full=1\n")
        .containsPattern("calls  +http://127.0.0.1:9002/v2/7\\?full=1\n")
        .containsPattern("timeout.total  +30s\n")
        .containsPattern("retry  +off\n")
        .containsPattern("request.set.Authorization  +\\*\\*\\*\n")
        .contains("upstream orders\n")
        .containsPattern("pool.connections  +64\n")
        .doesNotContain("hidden");
  }

  @Test
  void explainSaysWhyEveryOtherRouteDoesNotTakeIt() {
    tidegate("explain", "good.yaml", "GET", "http://api.example.com/orders/7");
    assertThat(out)
        .containsPattern("all  +its condition on header X-Beta is not met\n")
        .containsPattern("old  +other path: takes /old/\\*\\*\n")
        .doesNotContainPattern("order  +other");

    tidegate("explain", "good.yaml", "POST", "/orders/7", "-H", "X-Beta: 1");
    assertThat(out)
        .contains("route all takes it\n")
        .containsPattern("calls, 75%  +http://127.0.0.1:9001/orders/7\n")
        .containsPattern("calls, 25%  +http://127.0.0.1:9003/orders/7\n")
        .containsPattern("breaker  +off\n")
        .containsPattern("order  +other host: takes api.example.com\n");

    tidegate(
        "explain",
        "good.yaml",
        "GET",
        "/orders/7",
        "-H",
        "X-Beta:1",
        "-H",
        "Host: api.example.com");
    assertThat(out)
        .contains("route order takes it\n")
        .containsPattern("all  +fits as well, and is less specific");
  }

  @Test
  void explainWritesTheRedirect() {
    assertThat(tidegate("explain", "good.yaml", "GET", "/old/a?b=c")).isZero();
    assertThat(out).containsPattern("answers  +308, Location: https://example.org/old/a\\?b=c\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /none, no route takes this request: 404",
    "PUT, http://api.example.com/orders/7, 'no route takes this method: 405, Allow: GET, HEAD'",
    "GET, /../etc, 400: the path climbs above the root",
  })
  void explainSaysNoWhenNoRouteTakesIt(String method, String url, String answer) {
    assertThat(tidegate("explain", "good.yaml", method, url)).isEqualTo(1);
    assertThat(out).contains(answer + "\n");
  }

  @Test
  void explainOfABrokenFilePrintsItsErrors() {
    assertThat(tidegate("explain", "bad.yaml", "GET", "/")).isEqualTo(1);
    assertThat(out).isEmpty();
    assertThat(err.lines()).hasSize(3);
  }

  @Test
  void rehearsePassesItsOptionsOnAndPrintsTheReport() {
    int code =
        tidegate(
            "rehearse",
            "good.yaml",
            "--time",
            "10s",
            "--rate=5",
            "--json",
            "--route",
            "order,all",
            "--assert",
            "success>=99%,p99<=500ms");

    assertThat(code).isZero();
    assertThat(out).contains("\"passed\" : true");
    assertThat(err).isEqualTo("playing\n");
    var options = rehearsals.get(0).options();
    assertThat(options.time()).isEqualTo(Duration.ofSeconds(10));
    assertThat(options.rate()).isEqualTo(5);
    assertThat(options.routes()).isEqualTo(Set.of("order", "all"));
    assertThat(options.expectations()).hasSize(2);
  }

  @Test
  void rehearseFailsWhenAnExpectationIsMissed() {
    missed = List.of("order, healthy: not success>=99%");

    assertThat(tidegate("rehearse", "good.yaml")).isEqualTo(1);
    assertThat(out).contains("missed: order, healthy: not success>=99%");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sing",
        "--loud",
        "run extra",
        "run -c",
        "run -c a -c b",
        "check",
        "check a b",
        "check --json a",
        "explain good.yaml GET",
        "explain good.yaml GET nothing",
        "explain good.yaml G@T /",
        "explain good.yaml GET / -H broken",
        "rehearse good.yaml --time 10",
        "rehearse good.yaml --rate many",
        "rehearse good.yaml --scenario none",
        "rehearse good.yaml --assert success"
      })
  void wrongUsageIsSaidOnTheErrorStream(String line) {
    assertThat(tidegate(line.split(" "))).isEqualTo(2);
    assertThat(out).isEmpty();
    assertThat(err).startsWith("tidegate: ").contains("\nusage: tidegate");
    assertThat(runs).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "explain", "rehearse"})
  void everyCommandHasHelpAndKnowsTheVersion(String command) {
    assertThat(tidegate(command, "--help")).isZero();
    assertThat(out).startsWith("usage: tidegate ").contains(command);
    assertThat(tidegate(command, "--version")).isZero();
    assertThat(out).isEqualTo("tidegate 1.2.3\n");
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(tidegate("--help")).isZero();
    assertThat(out).contains("run", "check", "explain", "rehearse", "--version");
    assertThat(err).isEmpty();
  }
}
