/**
 * Who may: addresses that are believed, and what they are believed about the client. Decides;
 * {@code edge} answers.
 */
package io.tidegate.gateway.security;
