package io.tidegate.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a team would call it in its own CI. */
@Timeout(120)
class RehearseIT {
  private static final String FILE =
      """
      upstreams:
        orders: {endpoints: [http://192.0.2.1:80, http://192.0.2.2:80], breaker: false}
        backup: {endpoints: [http://192.0.2.3:80]}
      routes:
        - id: plain
          match: {path: /plain/**}
          upstream: orders
        - id: saved
          match: {path: /saved/**, methods: GET}
          upstream: orders
          fallback: [{upstream: backup}]
      """;

  @TempDir Path folder;

  private record Ended(int code, String out, String err) {}

  private Ended rehearse(String... arguments) throws Exception {
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), FILE);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-jar", System.getProperty("tidegate.jar"), "rehearse"));
    command.add(file.toString());
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    var process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static JsonObject figures(JsonObject report, String route, String scenario) {
    return report.getJsonArray("figures").stream()
        .map(JsonObject.class::cast)
        .filter(one -> one.getString("route").equals(route))
        .filter(one -> one.getString("scenario").equals(scenario))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void showsWhatFallbacksSaveAndThatNothingIsDoneTwice() throws Exception {
    var ended =
        rehearse(
            "--time",
            "16s",
            "--scenario",
            "healthy,errors-100,reset-before-body,refused",
            "--json",
            "--assert",
            "duplicates=0,healthy:amplification=1");
    assertThat(ended.code()).as("%s %s", ended.out(), ended.err()).isZero();
    var report = new JsonObject(ended.out());
    for (String fault : List.of("errors-100", "reset-before-body", "refused")) {
      assertThat(figures(report, "plain", fault).getDouble("success")).as(fault).isZero();
      assertThat(figures(report, "saved", fault).getDouble("success")).as(fault).isEqualTo(1);
    }
    assertThat(ended.err()).contains("playing refused");
  }

  @Test
  void saysNoWhenAnExpectationIsMissed() throws Exception {
    var ended = rehearse("--time", "10s", "--scenario", "errors-100", "--assert", "success>=99%");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains("route plain")
        .contains("missed: plain, errors-100: not success>=99%")
        .doesNotContain("missed: saved");
  }

  @Test
  void refusesAnExpectationThatItDoesNotUnderstand() throws Exception {
    var ended = rehearse("--assert", "speed>=11");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("--assert", "expected");
  }
}
