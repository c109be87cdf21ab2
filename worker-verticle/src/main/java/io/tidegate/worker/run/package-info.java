/**
 * Runs jobs: takes them from the store when there is room, has them done, and writes down how that
 * ended. All of it is confined to the verticle's context, but {@link
 * io.tidegate.worker.run.Renewal}, which holds leases from a thread of its own.
 */
package io.tidegate.worker.run;
