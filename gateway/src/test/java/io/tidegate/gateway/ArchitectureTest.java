package io.tidegate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds who may import whom: the table in CONTRIBUTING.md, as a test. */
class ArchitectureTest {
  private static final String ROOT = "io.tidegate.";
  private static final String GATEWAY = ROOT + "gateway";

  /** The package {@code io.tidegate.gateway} itself. */
  private static final String HALL = "";

  private static final Set<String> REQUEST_ROOMS =
      Set.of(
          "exchange", "resilience", "security", "route", "upstream", "offload", "pipeline", "edge");

  /** Each room and the rooms of the gateway that it may import. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("exchange", Set.of("route", "security")),
          Map.entry("resilience", Set.of()),
          Map.entry("security", Set.of()),
          Map.entry("route", Set.of("resilience")),
          Map.entry("upstream", Set.of("route", "resilience", "exchange", "security")),
          Map.entry("offload", Set.of("exchange", "route", "security")),
          Map.entry("pipeline", Set.of("upstream", "route", "resilience", "exchange", "offload")),
          Map.entry("edge", Set.of("exchange", "route", "security", "pipeline")),
          Map.entry("config", with(REQUEST_ROOMS, HALL, "admin")),
          Map.entry(HALL, with(REQUEST_ROOMS, "admin")),
          Map.entry("admin", with(REQUEST_ROOMS, HALL, "config")),
          Map.entry("rehearsal", with(REQUEST_ROOMS, HALL, "config", "admin")),
          Map.entry(
              "launch", with(REQUEST_ROOMS, HALL, "config", "admin", "rehearsal", "launch.cli")),
          Map.entry("launch.cli", with(REQUEST_ROOMS, HALL, "config", "rehearsal")));

  /** Rooms that see of others only values: what a user wrote, never what runs. */
  private static final Map<String, Set<String>> VALUES_ONLY =
      Map.of(
          "config", with(REQUEST_ROOMS, HALL, "admin"),
          "exchange", Set.of("route", "security"),
          "route", Set.of("resilience"),
          "upstream", Set.of("security"));

  /** Pure functions that are used like values: what is checked must be what is matched. */
  private static final Set<String> LIKE_VALUES =
      Set.of(
          GATEWAY + ".route.PathPattern",
          GATEWAY + ".route.Redirector",
          GATEWAY + ".route.Rewriter",
          GATEWAY + ".route.RouteTable");

  /** Modules, and those that each may import; the rest is above it or beside it. */
  private static final Map<String, Set<String>> MODULES =
      Map.of(
          "metrics", Set.of(),
          "cache", Set.of("metrics"),
          "worker", Set.of("metrics"),
          "gateway", Set.of("metrics", "cache", "worker"));

  /** Rooms that hold other modules' front ends; the others see their contracts and values. */
  private static final Set<String> DEPLOYERS = Set.of(HALL, "launch", "launch.cli");

  /** Each use of what Vert.x calls internal, and why nothing public does. */
  private static final Map<String, String> INTERNALS_WITH_A_REASON =
      Map.of(
          GATEWAY + ".rehearsal.AbruptClose",
          "a TCP reset needs SO_LINGER on an open connection; no public API reaches its channel",
          ROOT + "metrics.TraceSlot",
          "the public VertxServiceProvider has one method, and this is its parameter",
          GATEWAY + ".upstream.ResponseGuard",
          "bytes must be seen before the decoder repairs them; the public connection hides its pipeline",
          GATEWAY + ".edge.ClientPort",
          "bytes must be seen before the decoder repairs them; the public connection hides its pipeline");

  private static final Pattern INTERNAL =
      Pattern.compile("io\\.vertx\\.(\\w+\\.)*(impl|internal)(\\..*)?");
  private static final Pattern DRAWER = Pattern.compile(".*(Impl|Utils?|Helpers?)");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("jmh_generated"))
          // Left behind by a build of the benchmarks.
          .withImportOption(location -> !location.contains("/bench/"))
          .withImportOption(location -> !location.contains("Bench"))
          .importPackages("io.tidegate");

  private static Set<String> with(Set<String> rooms, String... more) {
    return Set.copyOf(Stream.concat(rooms.stream(), Stream.of(more)).toList());
  }

  @Test
  void looksAtTheWholeHouse() {
    assertThat(CLASSES.stream().map(ArchitectureTest::module)).containsAll(List.of("gateway"));
    assertThat(CLASSES.contain(GatewayOptions.class)).isTrue();
  }

  @Test
  void modulesImportOnlyFromFloorsBelow() {
    assertNone(
        dependency -> {
          String from = module(dependency.getOriginClass());
          String to = module(dependency.getTargetClass());
          return !from.equals(to) && !MODULES.get(from).contains(to);
        });
  }

  @Test
  void acrossModulesOnlyContractsAndOptionsAreImported() {
    assertNone(
        dependency -> {
          String to = module(dependency.getTargetClass());
          if (module(dependency.getOriginClass()).equals(to)) {
            return false;
          }
          String target = dependency.getTargetClass().getPackageName();
          boolean contract = target.equals(ROOT + to + ".api");
          boolean front = target.equals(ROOT + to);
          boolean deploys =
              inGateway(dependency.getOriginClass())
                  && DEPLOYERS.contains(room(dependency.getOriginClass()));
          boolean value = isValue(dependency.getTargetClass());
          return !contract && !(front && (deploys || value));
        });
  }

  @Test
  void everyRoomOfTheGatewayIsInTheTable() {
    var rooms = CLASSES.stream().filter(ArchitectureTest::inGateway).map(ArchitectureTest::room);
    assertThat(rooms.distinct()).isSubsetOf(MAY_IMPORT.keySet());
  }

  @Test
  void roomsImportOnlyWhatTheTableAllows() {
    assertNone(
        dependency -> {
          if (!withinGateway(dependency)) {
            return false;
          }
          String from = room(dependency.getOriginClass());
          String to = room(dependency.getTargetClass());
          return !from.equals(to) && !MAY_IMPORT.getOrDefault(from, Set.of()).contains(to);
        });
  }

  @Test
  void configAndRoutesSeeOnlyValuesOfOtherRooms() {
    assertNone(
        dependency -> {
          if (!withinGateway(dependency)) {
            return false;
          }
          var values = VALUES_ONLY.getOrDefault(room(dependency.getOriginClass()), Set.of());
          return values.contains(room(dependency.getTargetClass()))
              && !isValue(dependency.getTargetClass());
        });
  }

  @Test
  void onlyTheEdgesTouchAServersResponse() {
    var may = Set.of("edge", "admin", "rehearsal");
    assertNoneOfAll(
        dependency ->
            dependency
                    .getTargetClass()
                    .getFullName()
                    .equals("io.vertx.core.http.HttpServerResponse")
                && !(inGateway(dependency.getOriginClass())
                    && may.contains(room(dependency.getOriginClass()))));
  }

  @Test
  void whatVertxCallsInternalIsLeftAloneUnlessAReasonIsGiven() {
    assertNoneOfAll(
        dependency ->
            INTERNAL.matcher(dependency.getTargetClass().getPackageName()).matches()
                && !INTERNALS_WITH_A_REASON.containsKey(outermost(dependency.getOriginClass())));
  }

  @Test
  void everyReasonForInternalsIsStillNeeded() {
    var using =
        CLASSES.stream()
            .flatMap(found -> found.getDirectDependenciesFromSelf().stream())
            .filter(used -> INTERNAL.matcher(used.getTargetClass().getPackageName()).matches())
            .map(used -> outermost(used.getOriginClass()));
    assertThat(using.distinct()).containsAll(INTERNALS_WITH_A_REASON.keySet());
  }

  @Test
  void nobodyWaitsForAFutureOutsideLaunch() {
    var waits = Set.of("io.vertx.core.Future.await", "java.lang.Thread.sleep");
    var found =
        CLASSES.stream()
            .filter(candidate -> !room(candidate).startsWith("launch"))
            .flatMap(candidate -> candidate.getAccessesFromSelf().stream())
            .filter(access -> waits.contains(target(access)))
            .map(JavaAccess::getDescription);
    assertThat(found).isEmpty();
  }

  private static String target(JavaAccess<?> access) {
    return access.getTargetOwner().getFullName() + "." + access.getTarget().getName();
  }

  @Test
  void thereIsNoCommonDrawer() {
    assertThat(CLASSES.stream().map(JavaClass::getSimpleName))
        .noneMatch(name -> DRAWER.matcher(name).matches());
  }

  /** Asks about every use that one of our classes makes of another. */
  private static void assertNone(Predicate<Dependency> forbidden) {
    assertNoneOfAll(
        dependency ->
            dependency.getTargetClass().getPackageName().startsWith(ROOT)
                && forbidden.test(dependency));
  }

  private static void assertNoneOfAll(Predicate<Dependency> forbidden) {
    var found =
        CLASSES.stream()
            .flatMap(candidate -> candidate.getDirectDependenciesFromSelf().stream())
            .filter(forbidden)
            .map(Dependency::getDescription)
            .sorted();
    assertThat(found).isEmpty();
  }

  private static boolean withinGateway(Dependency dependency) {
    return inGateway(dependency.getOriginClass()) && inGateway(dependency.getTargetClass());
  }

  private static boolean inGateway(JavaClass candidate) {
    return module(candidate).equals("gateway");
  }

  /** Records, enums and the sealed interfaces over them. */
  private static boolean isValue(JavaClass candidate) {
    var type = candidate.getBaseComponentType();
    return type.isRecord()
        || type.isEnum()
        || type.reflect().isSealed()
        || LIKE_VALUES.contains(type.getFullName());
  }

  /** {@code io.tidegate.gateway.route} is in module {@code gateway}; others have no module. */
  private static String module(JavaClass candidate) {
    String name = candidate.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()).split("\\.")[0] : "";
  }

  private static String room(JavaClass candidate) {
    String name = candidate.getPackageName();
    return name.startsWith(GATEWAY + ".") ? name.substring(GATEWAY.length() + 1) : HALL;
  }

  private static String outermost(JavaClass candidate) {
    return candidate.getFullName().replaceAll("\\$.*", "");
  }
}
