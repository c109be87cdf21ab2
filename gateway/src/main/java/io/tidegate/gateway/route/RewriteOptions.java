package io.tidegate.gateway.route;

import java.util.Optional;

/**
 * How the forwarded target differs from the one that matched.
 *
 * @param stripPrefix removed from the start of the path, when it is there as whole segments
 * @param addPrefix put before the path, after stripping
 * @param path replaces the path; {@code {name}} takes a path parameter, {@code {path}} the rest
 *     that {@code **} matched
 * @param host {@code keep}: the client's Host; {@code upstream}: the endpoint's authority; else the
 *     name itself
 */
public record RewriteOptions(
    Optional<String> stripPrefix, Optional<String> addPrefix, Optional<String> path, String host) {
  public static final String KEEP = "keep";
  public static final String UPSTREAM = "upstream";

  public static final RewriteOptions NONE =
      new RewriteOptions(Optional.empty(), Optional.empty(), Optional.empty(), UPSTREAM);
}
