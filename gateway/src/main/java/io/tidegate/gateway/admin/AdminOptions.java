package io.tidegate.gateway.admin;

import java.util.Optional;

/**
 * The operator's port.
 *
 * @param token bearer token; must be there unless {@code host} is a loopback address
 */
public record AdminOptions(String host, int port, Optional<String> token) {
  public static final AdminOptions DEFAULTS = new AdminOptions("127.0.0.1", 9090, Optional.empty());

  @Override
  public String toString() {
    return "AdminOptions[host=" + host + ", port=" + port + ", token=***]";
  }
}
