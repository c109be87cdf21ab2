/**
 * What is promised: jobs that were accepted and are still to be done.
 *
 * <p>The room owns the state of every job and knows no HTTP upstream; it asks whoever serves a
 * job's address on the event bus.
 */
package io.tidegate.worker;
