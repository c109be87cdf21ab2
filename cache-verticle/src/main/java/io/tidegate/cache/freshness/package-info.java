/**
 * May it be stored, is it fresh, must it be validated: the rules of RFC 9111 and its relatives, as
 * pure functions of header values and a time. Decides; {@code cache.store} obeys.
 *
 * <p>Where the RFCs leave a choice, the cautious side is taken: a doubt costs a call to the origin,
 * never an answer to the wrong person. Nothing here throws on what comes from the network.
 */
package io.tidegate.cache.freshness;
