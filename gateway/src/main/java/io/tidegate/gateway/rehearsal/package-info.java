/**
 * Upstreams that misbehave on demand: the sample that the default configuration routes to, and the
 * scripted faults, load and report of {@code rehearse}.
 */
package io.tidegate.gateway.rehearsal;
