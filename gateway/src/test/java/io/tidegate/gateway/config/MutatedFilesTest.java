package io.tidegate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A valid file, damaged at random: reading it never throws and never gives half an answer. */
class MutatedFilesTest {
  private static final List<String> PIECES =
      List.of(
          "",
          " ",
          "\n",
          "\t",
          ":",
          "- ",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "'",
          "#",
          "&a ",
          "*a",
          "!!int ",
          "${",
          "${PATH}",
          "${NO_SUCH}",
          "${file:/}",
          "0",
          "-1",
          "1e9",
          "~",
          "null",
          "true",
          "5xx",
          "999999999999999999999",
          "1000000h",
          "99%",
          "a: b\n",
          "<<",
          "? ",
          "|",
          ">",
          "%",
          "\u0000",
          "\uD83D\uDE00",
          "\uFEFF",
          "---\n",
          "...",
          "18446744073709551616/s",
          ".inf",
          "0x10");

  /** One change: the piece replaces {@code length} characters at a share of the text. */
  record Change(double at, int length, String piece) {
    String apply(String text) {
      int from = (int) (at * text.length());
      int to = Math.min(text.length(), from + length);
      return text.substring(0, from) + piece + text.substring(to);
    }
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Double> at = Arbitraries.doubles().between(0, 1);
    Arbitrary<Integer> length = Arbitraries.integers().between(0, 12);
    return Combinators.combine(at, length, Arbitraries.of(PIECES))
        .as(Change::new)
        .list()
        .ofMaxSize(4);
  }

  @Property(tries = 500)
  void damagedTextNeverThrowsAndNeverYieldsOptionsWithErrors(
      @ForAll("changes") List<Change> changes) {
    String text = Samples.FULL;
    for (Change change : changes) {
      text = change.apply(text);
    }
    isEitherUsableOrRefused(Samples.parse(text));
  }

  @Property(tries = 500)
  void shuffledLinesNeverThrowAndNeverYieldOptionsWithErrors(@ForAll("swaps") List<Integer> swaps) {
    List<String> lines = new ArrayList<>(Samples.FULL.lines().toList());
    for (int i = 0; i + 1 < swaps.size(); i += 2) {
      Collections.swap(lines, swaps.get(i) % lines.size(), swaps.get(i + 1) % lines.size());
    }
    isEitherUsableOrRefused(Samples.parse(String.join("\n", lines)));
  }

  @Provide
  Arbitrary<List<Integer>> swaps() {
    return Arbitraries.integers().between(0, 10_000).list().ofMinSize(2).ofMaxSize(8);
  }

  private static void isEitherUsableOrRefused(ConfigReport report) {
    assertThat(report.options().isPresent()).isEqualTo(report.errors().isEmpty());
    assertThat(report.problems()).allSatisfy(problem -> assertThat(problem.line()).isPositive());
    report.options().ifPresent(options -> assertThat(ConfigRedacted.of(options)).isNotEmpty());
  }

  @Property(tries = 20)
  void deepNestingIsRefusedNotFollowed(@ForAll("brackets") String bracket) {
    ConfigReport report = Samples.parse("routes: " + bracket.repeat(50_000));

    assertThat(report.problems())
        .singleElement()
        .extracting(Problem::message)
        .isEqualTo("nested more than 64 levels deep");
  }

  @Provide
  Arbitrary<String> brackets() {
    return Arbitraries.of("[", "{a: ", "[{a: ");
  }
}
