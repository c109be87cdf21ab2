package io.tidegate.metrics.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases as in the W3C's trace-context test suite. */
class TraceContextTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String VALID = "00-" + TRACE + "-" + SPAN + "-01";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + TRACE + "-" + SPAN,
        "00-" + TRACE + "-" + SPAN + "-",
        "00-" + TRACE + "-" + SPAN + "-1",
        "00-" + TRACE + "-" + SPAN + "-011",
        "00-" + TRACE + "-" + SPAN + "-01-",
        "00-" + TRACE + "-" + SPAN + "-01-what-the-future-will-be-like",
        "00-" + TRACE + "-" + SPAN + "-.0",
        "00-" + TRACE + "-" + SPAN + "-0.",
        "00-" + TRACE + "-" + SPAN + "-0G",
        "ff-" + TRACE + "-" + SPAN + "-01",
        "FF-" + TRACE + "-" + SPAN + "-01",
        ".0-" + TRACE + "-" + SPAN + "-01",
        "0.-" + TRACE + "-" + SPAN + "-01",
        "0-" + TRACE + "-" + SPAN + "-01",
        "000-" + TRACE + "-" + SPAN + "-01",
        "01-" + TRACE + "-" + SPAN + "-01.what-the-future-will-be-like",
        "01-" + TRACE + "-" + SPAN + "-0",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-.af7651916cd43dd8448eb211c80319c-" + SPAN + "-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" + SPAN + "-01",
        "00-" + TRACE + "-B7AD6B7169203331-01",
        "00-" + TRACE + "-b7ad6b716920333é-01",
        "00-0af7651916cd43dd8448eb211c80319-" + SPAN + "-01",
        "00-0af7651916cd43dd8448eb211c80319cd-" + SPAN + "-01",
        "00-" + TRACE + "-b7ad6b716920333-01",
        "00-" + TRACE + "_" + SPAN + "-01",
        "00_" + TRACE + "-" + SPAN + "-01",
        VALID + "," + VALID,
      })
  void ignoresAnInvalidParentAndItsState(String parent) {
    assertThat(TraceContext.parse(parent, "foo=1")).isSameAs(TraceContext.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        VALID,
        " " + VALID,
        VALID + "\t ",
        "cc-" + TRACE + "-" + SPAN + "-01",
        "cc-" + TRACE + "-" + SPAN + "-01-what-the-future-will-be-like",
        "01-" + TRACE + "-" + SPAN + "-01-",
        "00-" + TRACE + "-" + SPAN + "-fd",
      })
  void readsAValidParentAndSpeaksVersion00(String parent) {
    assertThat(TraceContext.parse(parent, "").traceparent()).isEqualTo(VALID);
  }

  @Test
  void keepsTheFlagsItKnowsAndClearsOthers() {
    String start = "00-" + TRACE + "-" + SPAN + "-";
    assertThat(TraceContext.parse(start + "ff", "")).hasToString(start + "03");
    assertThat(TraceContext.parse(start + "02", "")).hasToString(start + "02");
    assertThat(TraceContext.parse(start + "fc", "")).hasToString(start + "00");
    assertThat(TraceContext.parse(start + "00", "").sampled()).isFalse();
  }

  @Test
  void twoParentsAreNone() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("traceparent", VALID);
    assertThat(TraceContext.of(headers).traceId()).isEqualTo(TRACE);
    assertThat(TraceContext.of(headers.add("TraceParent", VALID))).isSameAs(TraceContext.NONE);
  }

  @Test
  void joinsAllFieldsOfState() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("traceparent", VALID)
            .add("tracestate", "foo=1 , bar=2")
            .add("tracestate", "")
            .add("tracestate", "rojo=1,,congo=t61rcWkgMzE");
    assertThat(TraceContext.of(headers).state()).isEqualTo("foo=1,bar=2,rojo=1,congo=t61rcWkgMzE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo=1,bar=2",
        "0foo=1",
        "a-_*/=1",
        "tenant@system=1",
        "foo=!\"#$%&'()*+-./0189:;<>?@AZ[\\]^_`az{|}~",
        "foo= bar",
      })
  void passesValidStateOn(String state) {
    assertThat(TraceContext.parse(VALID, state).state()).isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo",
        "foo=",
        "=1",
        "foo =1",
        "FOO=1",
        "foo=1,Bar=2",
        "foo.bar=1",
        "@foo=1",
        "-foo=1",
        "foo=bar=baz",
        "foo=\u0001",
        "foo=é",
        "foo=a\u007f",
        "foo=1;bar=2=3",
      })
  void dropsAnInvalidStateButKeepsTheParent(String state) {
    TraceContext read = TraceContext.parse(VALID, state);
    assertThat(read.traceparent()).isEqualTo(VALID);
    assertThat(read.state()).isEmpty();
  }

  @Test
  void stateHasItsLimits() {
    String key = "z".repeat(256);
    assertThat(state(key + "=1")).isEqualTo(key + "=1");
    assertThat(state(key + "z=1")).isEmpty();
    assertThat(state("foo=" + key)).isEqualTo("foo=" + key);
    assertThat(state("foo=" + key + "z")).isEmpty();
    assertThat(state("a=1,".repeat(32))).isEqualTo("a=1,".repeat(31) + "a=1");
    assertThat(state("a=1,".repeat(33))).isEmpty();
  }

  @Test
  void stateThatIsTooLongLosesItsLongMembersFirst() {
    String longOne = "long=" + "x".repeat(200);
    String shortOne = "short=" + "y".repeat(90);
    String list = longOne + "," + (shortOne + ",").repeat(19) + "last=1";
    assertThat(state(list)).doesNotContain("long=").endsWith("last=1").hasSizeLessThan(2049);
  }

  private static String state(String state) {
    return TraceContext.parse(VALID, state).state();
  }

  @Test
  void theGatewaysSpanReplacesTheParentEvenWhenUnsampled() {
    TraceContext parent = TraceContext.parse("00-" + TRACE + "-" + SPAN + "-00", "foo=1");
    TraceContext own = parent.child();
    assertThat(own.traceId()).isEqualTo(TRACE);
    assertThat(own.spanId()).isNotEqualTo(SPAN);
    assertThat(own.sampled()).isFalse();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("traceparent", VALID);
    own.inject(headers);
    assertThat(headers.getAll("traceparent"))
        .containsExactly("00-" + TRACE + "-" + own.spanId() + "-00");
    assertThat(headers.get("tracestate")).isEqualTo("foo=1");
    TraceContext.NONE.inject(headers);
    assertThat(headers).isEmpty();
  }

  @Property
  void whatIsWrittenIsReadBack(@ForAll long high, @ForAll long low, @ForAll long span) {
    TraceContext context = TraceContext.of(high, low, span, 3, "");
    if (context.exists()) {
      TraceContext read = TraceContext.parse(context.traceparent(), "");
      assertThat(read.traceIdHigh()).isEqualTo(high);
      assertThat(read.traceIdLow()).isEqualTo(low);
      assertThat(read.spanNumber()).isEqualTo(span);
      assertThat(read.traceparent()).isEqualTo(context.traceparent());
    } else {
      assertThat((high | low) == 0 || span == 0).isTrue();
    }
  }

  @Test
  void freshTracesAreSampledByTheirShare() {
    int sampled = 0;
    for (int i = 0; i < 10_000; i++) {
      sampled += TraceContext.fresh(0.25).sampled() ? 1 : 0;
    }
    assertThat(sampled).isBetween(2200, 2800);
    assertThat(TraceContext.fresh(1).sampled()).isTrue();
    assertThat(TraceContext.fresh(0).sampled()).isFalse();
    assertThat(TraceContext.fresh(0).flags()).isEqualTo(TraceContext.RANDOM);
  }

  @Test
  void baggageIsCutAtWholeMembers() {
    assertThat(Baggage.limited(java.util.List.of("a=1", "b=2"))).isEqualTo("a=1,b=2");
    assertThat(Baggage.limited(java.util.List.of("a=1,".repeat(100)))).hasSize(64 * 4 - 1);
    assertThat(Baggage.limited(java.util.List.of("a=" + "x".repeat(8000), "b=" + "y".repeat(300))))
        .hasSize(8002);
    assertThat(Baggage.limited(java.util.List.of("a=" + "x".repeat(9000)))).isEmpty();
  }
}
