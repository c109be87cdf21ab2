package io.tidegate.gateway.edge;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS towards clients.
 *
 * @param certificate PEM file of the chain
 * @param key PEM file of the private key
 * @param clientCa PEM file; when there, clients must show a certificate signed by it
 * @param minVersion {@code TLSv1.2} or {@code TLSv1.3}
 */
public record ServerTls(Path certificate, Path key, Optional<Path> clientCa, String minVersion) {}
