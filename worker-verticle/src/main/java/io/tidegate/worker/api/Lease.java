package io.tidegate.worker.api;

/**
 * The right to run a job and to say how that ended.
 *
 * @param token unique for ever; a later lease of the same job has a greater one
 */
public record Lease(JobId id, long token) {}
