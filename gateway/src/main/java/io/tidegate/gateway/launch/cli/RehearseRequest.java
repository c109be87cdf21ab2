package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.rehearsal.RehearsalOptions;
import java.util.function.Consumer;

/**
 * What {@code rehearse} is to do.
 *
 * @param file the configuration, which is valid
 * @param progress takes a line now and then, on any thread
 */
public record RehearseRequest(
    GatewayOptions file, RehearsalOptions options, Consumer<String> progress) {}
