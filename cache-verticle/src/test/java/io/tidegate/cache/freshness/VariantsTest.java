package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.StoredResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariantsTest {
  /** RFC 9111 §4.1. */
  @ParameterizedTest(name = "{0}: {1} and {2}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
foo             | Foo: 1                                    | Foo: 1                                  | same
foo             | Foo: 1                                    | Foo: 2                                  | other
foo             | Foo: 1                                    | X: y                                    | other
foo             | X: y                                      | Bar: z                                  | same
foo             | Foo:                                      | X: y                                    | other
foo             | Foo: 1                                    | Foo: 1 ^ Other: 2                       | same
foo             | Foo: 1, 2                                 | Foo: 1 ^ Foo: 2                         | same
foo             | Foo: 1,2                                  | Foo:  1 ,  2                            | same
foo             | Foo: 1,2                                  | Foo: 2,1                                | other
foo             | Foo: a                                    | Foo: A                                  | other
foo             | Foo: a b                                  | Foo: ab                                 | other
foo             | Foo: "a, b"                               | Foo: "a,b"                              | other
foo             | Foo: "a\\", b"                            | Foo: "a\\",b"                           | other
foo,bar         | Foo: 1 ^ Bar: 2                           | Bar: 2 ^ Foo: 1                         | same
foo,bar         | Foo: 1                                    | Bar: 1                                  | other
foo,bar         | Foo: 1 ^ Bar: 2                           | Foo: 1                                  | other
accept-encoding | Accept-Encoding: gzip, br                 | Accept-Encoding: br,GZIP                | same
accept-encoding | Accept-Encoding: gzip;q=1.0, br;q=0.5     | Accept-Encoding: br, gzip               | same
accept-encoding | Accept-Encoding: x-gzip                   | Accept-Encoding: gzip                   | same
accept-encoding | Accept-Encoding: gzip, br;q=0             | Accept-Encoding: gzip                   | same
accept-encoding | Accept-Encoding: gzip, identity           | Accept-Encoding: gzip                   | same
accept-encoding | Accept-Encoding: gzip, identity;q=0       | Accept-Encoding: gzip                   | other
accept-encoding | Accept-Encoding: gzip, *;q=0              | Accept-Encoding: gzip                   | other
accept-encoding | Accept-Encoding: gzip, identity, *;q=0    | Accept-Encoding: gzip, *;q=0            | other
accept-encoding | Accept-Encoding: *, gzip;q=0              | Accept-Encoding: *                      | other
accept-encoding | Accept-Encoding: gzip                     | Accept-Encoding: br                     | other
accept-encoding | Accept-Encoding: gzip                     | X: y                                    | other
accept-encoding | Accept-Encoding: gzip;q=0.000             | Accept-Encoding: gzip;q=0.001           | other
accept-language | Accept-Language: en, de                   | Accept-Language: de, en                 | same
accept-language | Accept-Language: en, de                   | Accept-Language: eN ,  De               | same
accept-language | Accept-Language: en;q=0.9, de;q=0.8       | Accept-Language: de;q=0.5, en           | same
accept-language | Accept-Language: en, de;q=0.8             | Accept-Language: en, de                 | other
accept-language | Accept-Language: en, de;q=0.8             | Accept-Language: de, en;q=0.8           | other
accept-language | Accept-Language: en, de;q=0               | Accept-Language: en, de;q=0.1           | other
accept-language | Accept-Language: en-GB                    | Accept-Language: en                     | other
""")
  void theSameRequestFieldsSelectTheSame(
      String vary, String stored, String presented, String expected) {
    List<String> names = List.of(vary.split(","));
    String one = Variants.text(names, Samples.fields(stored));
    String two = Variants.text(names, Samples.fields(presented));
    assertThat(one.equals(two)).isEqualTo(expected.equals("same"));
  }

  @Test
  void namesAreThoseOfTheResponseAndOfTheRoute() {
    assertThat(
            Variants.names(
                Samples.fields("Vary: Foo, bar ^ Vary: foo"),
                Samples.varying(List.of("accept", "foo"))))
        .contains(List.of("accept", "bar", "foo"));
  }

  @Test
  void selectsTheYoungestThatMatches() {
    String vary = "Cache-Control: max-age=60 ^ Vary: Foo";
    StoredResponse one = Samples.stored("Foo: 1", vary, "one");
    StoredResponse two = Samples.stored("Foo: 2", vary, "two");
    StoredResponse any = Samples.stored("", "Cache-Control: max-age=60", "any");
    assertThat(Variants.select(List.of(one, two), Samples.fields("Foo: 2"))).contains(two);
    assertThat(Variants.select(List.of(one, two), Samples.fields("Foo: 3"))).isEmpty();
    assertThat(Variants.select(List.of(one, two), Samples.fields(""))).isEmpty();
    assertThat(Variants.select(List.of(one, two, any), Samples.fields("Foo: 1"))).contains(any);
    assertThat(Variants.select(List.of(), Samples.fields(""))).isEqualTo(Optional.empty());
  }
}
