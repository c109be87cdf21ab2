/**
 * Lines: how they are encoded, kept until written, and written without anyone waiting.
 *
 * <p>One thread writes to standard output. Event loops hand it access lines through a ring each
 * (one producer, one consumer, no lock); everything else goes through one bounded queue. When
 * standard output is stuck, rings and queue fill up, and what does not fit is dropped and counted.
 */
package io.tidegate.metrics.logs;
