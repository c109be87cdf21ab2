package io.tidegate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of {@code config/broken.txt}: each broken file and what is said of it. */
class BrokenFilesTest {
  static final Map<String, String> ENVIRONMENT =
      Map.of("PORT", "hidden-port", "SPACED", "hidden token", "SECRET", "hidden-text");

  /** A broken file. */
  record Case(String name, String file, List<String> problems) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = BrokenFilesTest.class.getResourceAsStream("/config/broken.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("(?m)^==== ")).skip(1).map(BrokenFilesTest::read);
    }
  }

  private static Case read(String text) {
    int name = text.indexOf('\n');
    String[] parts = text.substring(name + 1).split("(?m)^----\n", 2);
    List<String> problems = new ArrayList<>(parts[1].lines().toList());
    return new Case(text.substring(0, name), parts[0], problems);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyProblemIsSaidWithItsPlace(Case broken) {
    ConfigReport report = Samples.parse(broken.file(), ENVIRONMENT);

    assertThat(report.options()).isEmpty();
    assertThat(report.problems())
        .extracting(Problem::toString)
        .containsExactlyElementsOf(broken.problems());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noProblemShowsWhatCameFromTheEnvironmentOrIsASecret(Case broken) {
    String said = Samples.parse(broken.file(), ENVIRONMENT).problems().toString();

    assertThat(said).doesNotContain("hidden", "literal secret", "user:", "Bearer");
  }
}
