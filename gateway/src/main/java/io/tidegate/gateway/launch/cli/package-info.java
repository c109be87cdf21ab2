/**
 * The command line, one class per command.
 *
 * <p>A room of its own so that every command can be tested without a process: arguments, streams,
 * environment and working folder come in, an exit code comes out.
 */
package io.tidegate.gateway.launch.cli;
