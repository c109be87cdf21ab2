package io.tidegate.gateway.faults;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault under each policy, seen from both ends. Its cells live on timeouts of a few hundred
 * milliseconds, for which a machine has to have time: {@code mvn -Pmatrix test}.
 */
@Tag("matrix")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(90)
class FaultMatrixTest {
  static Stream<Arguments> cells() {
    return Stream.of(Fault.values())
        .flatMap(fault -> Stream.of(Policy.values()).map(policy -> Arguments.of(fault, policy)));
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("cells")
  void everyFaultUnderEveryPolicyIsSeenAsPromised(Fault fault, Policy policy) throws Exception {
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
