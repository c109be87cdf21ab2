/**
 * Requests that become jobs, and jobs that become requests: the asynchronous step of a route, the
 * handler that runs a job through its route, and what clients ask of their jobs. Knows the jobs'
 * contract, not how they are kept.
 */
package io.tidegate.gateway.offload;
