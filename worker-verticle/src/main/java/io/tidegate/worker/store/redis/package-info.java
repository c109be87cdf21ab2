/**
 * Jobs in a Redis server that several nodes share.
 *
 * <p>Every step is a script, so it happens as a whole or not at all, also when whoever asked is
 * gone before the answer; time is Redis' own. All keys of a queue have the same hash tag, and a
 * script is given every key that it touches: a queue lives in one slot of a cluster, and queues
 * spread over it. What is ready lies in a sorted set by route and rank, and not in a stream: taking
 * it from there and leasing it is one step, so there is no message that was delivered to somebody
 * and never leased, and nothing to be claimed back but leases that ran out.
 *
 * <p>Connections are kept by {@link io.tidegate.worker.store.redis.Line}: one for questions, one
 * for what has to be durable before it is answered, one for hints from other nodes.
 */
package io.tidegate.worker.store.redis;
