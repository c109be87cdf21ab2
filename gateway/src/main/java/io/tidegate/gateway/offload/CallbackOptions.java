package io.tidegate.gateway.offload;

import io.tidegate.gateway.security.Cidr;
import java.time.Duration;
import java.util.List;

/**
 * How clients' URLs are told of the end of a job.
 *
 * @param hosts that may be called: exact names or {@code *.example.com}; empty: any
 * @param http whether plain http is allowed as well
 * @param networks addresses that may be called although they are not public
 * @param secrets each signs (Standard Webhooks): the new one first while they are exchanged; empty:
 *     unsigned
 * @param timeout of one call
 */
public record CallbackOptions(
    List<String> hosts, boolean http, List<Cidr> networks, List<Secret> secrets, Duration timeout) {
  public static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** Public https addresses only, unsigned. */
  public static final CallbackOptions DEFAULTS =
      new CallbackOptions(List.of(), false, List.of(), List.of(), TIMEOUT);

  public CallbackOptions {
    hosts = List.copyOf(hosts);
    networks = List.copyOf(networks);
    secrets = List.copyOf(secrets);
  }
}
