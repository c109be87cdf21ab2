/**
 * The program: reads the file, deploys the verticles in order, reloads, and stops them in reverse.
 */
package io.tidegate.gateway.launch;
