package io.tidegate.gateway.faults;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault under each policy, seen from both ends. What is always run has every fault and every
 * policy in it; the whole is {@code mvn -Pmatrix test}.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class FaultMatrixTest {
  /** One cell of so many is always run. */
  private static final int STEP = 5;

  static Stream<Arguments> all() {
    return cells(false);
  }

  static Stream<Arguments> chosen() {
    return cells(true);
  }

  private static Stream<Arguments> cells(boolean chosen) {
    return Stream.of(Fault.values())
        .flatMap(
            fault ->
                Stream.of(Policy.values())
                    .filter(policy -> !chosen || isChosen(fault, policy))
                    .map(policy -> Arguments.of(fault, policy)));
  }

  /** Loading classes takes a busy machine longer than an attempt may take. */
  @BeforeAll
  static void warmUp() throws Exception {
    play(Fault.DRIP_BODY, Policy.MIRROR);
    play(Fault.FLAPPING, Policy.SPLIT);
  }

  /** Along diagonals, which meet each row and each column; a hedge is nothing but with slowness. */
  private static boolean isChosen(Fault fault, Policy policy) {
    return Math.floorMod(policy.ordinal() - fault.ordinal(), STEP) == 1
        || fault == Fault.HANG && policy == Policy.HEDGE;
  }

  @Tag("matrix")
  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("all")
  void everyFaultUnderEveryPolicyIsSeenAsPromised(Fault fault, Policy policy) throws Exception {
    play(fault, policy);
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("chosen")
  void everyFaultAndEveryPolicyIsSeenAsPromised(Fault fault, Policy policy) throws Exception {
    play(fault, policy);
  }

  private static void play(Fault fault, Policy policy) throws Exception {
    try (var cell = new Cell(fault, policy)) {
      cell.run();
      cell.checkInvariants();
      policy.check(cell);
    } catch (AssertionError e) {
      // Reports name the method alone.
      throw new AssertionError(fault + " under " + policy + ": " + e.getMessage(), e);
    }
  }
}
