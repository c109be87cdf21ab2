package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.config.ConfigReport;
import io.tidegate.gateway.edge.Doorman;
import io.tidegate.gateway.launch.cli.Cli;
import io.tidegate.gateway.launch.cli.Program;
import io.tidegate.gateway.launch.cli.RehearseRequest;
import io.tidegate.gateway.launch.cli.RunRequest;
import io.tidegate.gateway.rehearsal.Rehearsal;
import io.tidegate.gateway.rehearsal.RehearsalReport;
import io.tidegate.metrics.Telemetry;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.worker.WorkerVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The program. */
public final class Tidegate implements Program {
  private static final int FINE = 0;
  private static final int NO = 1;

  private final Map<String, String> environment;

  private Tidegate(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Runs a command; the process exits with 0: fine, 1: the answer is no, 2: wrong usage. A gateway
   * whose jobs lose their disk exits with 74.
   */
  public static void main(String[] arguments) {
    Doorman.enable();
    Map<String, String> environment = System.getenv();
    int code = Cli.main(arguments, System.out, System.err, environment, new Tidegate(environment));
    // A gateway that serves keeps the process alive by itself.
    if (code != FINE) {
      System.exit(code);
    }
  }

  @Override
  public String version() {
    return Version.NUMBER;
  }

  @Override
  public int run(RunRequest request) {
    var source = new ConfigSource(request.file(), environment);
    ConfigReport report = source.read();
    report.problems().forEach(System.err::println);
    List<String> missing =
        report
            .options()
            .flatMap(GatewayOptions::jobs)
            .map(jobs -> WorkerVerticle.missing(jobs.jobs()))
            .orElse(List.of());
    missing.forEach(System.err::println);
    if (report.options().isEmpty() || !missing.isEmpty()) {
      return NO;
    }
    try {
      RunningGateway gateway = RunningGateway.start(report.options().get(), source);
      Runtime.getRuntime().addShutdownHook(new Thread(gateway::stop, "tidegate-stop"));
      Signals.onHangUp(() -> gateway.reloader().reload("SIGHUP"));
      return FINE;
    } catch (Exception e) {
      System.err.println("tidegate: cannot start: " + e.getMessage());
      return NO;
    }
  }

  @Override
  public RehearsalReport rehearse(RehearseRequest request) {
    TelemetryOptions telemetry = quiet(request.file().telemetry());
    try (Telemetry silent = Telemetry.start(telemetry, Map.of(), Version.NUMBER)) {
      Vertx vertx = silent.vertx(new VertxOptions().setPreferNativeTransport(true)).build();
      try {
        return new Rehearsal(
                vertx, new GatewaysInProcess(vertx, silent), request.options(), request.progress())
            .play(request.file())
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(request.options().time().toSeconds() + 60, TimeUnit.SECONDS)
            .join();
      } finally {
        vertx.close().toCompletionStage().toCompletableFuture().join();
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw wrong;
      }
      throw e;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the rehearsal could not be ended", e);
    }
  }

  private static TelemetryOptions quiet(TelemetryOptions file) {
    var logs = new TelemetryOptions.Logs(TelemetryOptions.Logs.Format.TEXT, "error", false, 0);
    return new TelemetryOptions(
        file.service(),
        logs,
        TelemetryOptions.DEFAULTS.traces(),
        TelemetryOptions.DEFAULTS.metrics());
  }
}
