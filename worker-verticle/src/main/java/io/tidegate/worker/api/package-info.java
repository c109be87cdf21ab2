/**
 * What the other rooms say to this one: ask for work, look after it, and do it.
 *
 * <ul>
 *   <li>{@link io.tidegate.worker.api.Jobs} is what can be asked; {@link
 *       io.tidegate.worker.api.WorkerBus} has both ends of it on the bus.
 *   <li>{@link io.tidegate.worker.api.JobRequest} is what is promised; {@link
 *       io.tidegate.worker.api.JobStatus} how far it is; {@link io.tidegate.worker.api.JobResult}
 *       what came of it.
 *   <li>{@link io.tidegate.worker.api.Performer} does the work, on the bus; {@link
 *       io.tidegate.worker.api.JobHandler} is the same for code that blocks. Both end in an {@link
 *       io.tidegate.worker.api.Outcome}.
 *   <li>{@link io.tidegate.worker.api.QueueOptions}, {@link io.tidegate.worker.api.ScheduleOptions}
 *       and {@link io.tidegate.worker.api.JobsOptions} are what a user configures.
 * </ul>
 *
 * Messages are immutable, by reference within the JVM and in a binary form between nodes. A {@code
 * Buffer} handed over here must not be changed afterwards.
 */
package io.tidegate.worker.api;
