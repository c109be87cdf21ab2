/** The operator's port: health, metrics, what is configured, reload and drain. */
package io.tidegate.gateway.admin;
