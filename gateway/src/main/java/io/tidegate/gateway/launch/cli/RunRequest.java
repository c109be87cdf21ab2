package io.tidegate.gateway.launch.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code run} is to do.
 *
 * @param file the configuration; empty: the default inside the jar
 */
public record RunRequest(Optional<Path> file) {}
