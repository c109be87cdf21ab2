/** Who may: addresses that are believed. Decides; {@code edge} answers. */
package io.tidegate.gateway.security;
