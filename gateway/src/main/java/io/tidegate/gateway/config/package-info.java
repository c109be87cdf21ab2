/**
 * The YAML file into records: parsing, interpolation, validation with line and column, JSON Schema.
 *
 * <p>What may stand in the file is said once, in the tables ({@code FileKeys} and its like); the
 * parser, the schema and the defaults in its descriptions are all drawn from them. {@code Checks}
 * holds what a table cannot say, {@code Assembly} turns a checked tree into records, {@code Lints}
 * warns of what is legal and unwise. No live object is made here.
 */
package io.tidegate.gateway.config;
