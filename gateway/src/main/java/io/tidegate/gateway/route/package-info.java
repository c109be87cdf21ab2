/**
 * Which route a request takes: pure matching over a normalised path, no I/O.
 *
 * <p>{@link io.tidegate.gateway.route.RequestTarget} brings path and query into the one form that
 * is matched and forwarded, {@link io.tidegate.gateway.route.RouteTable} finds the route, {@link
 * io.tidegate.gateway.route.Rewriter}, {@link io.tidegate.gateway.route.Redirector} and {@link
 * io.tidegate.gateway.route.HeaderEditor} do what it says of path and headers.
 *
 * <h2>The path</h2>
 *
 * A path is normalised once: percent-encoded letters, digits and {@code - . _ ~} are decoded, all
 * other triplets kept with upper-case digits (so {@code %2F} is never a separator), doubled slashes
 * made one, dot segments removed; a trailing slash is kept. Answered with 400: characters that RFC
 * 3986 does not allow in a path, {@code %00}, paths that climb above the root, and dots that only
 * some servers take for a dot segment ({@code /a/..%2Fb}, {@code /a/..;/b}).
 *
 * <h2>The order</h2>
 *
 * Of all routes that fit, the most specific takes the request, whatever their order in the file:
 *
 * <ol>
 *   <li>Host: {@code api.example.org} before {@code *.example.org} (any depth of names below it,
 *       not itself; the longest first) before none.
 *   <li>Path: exact ({@code /a/b}) before template ({@code /a/{id}}) before prefix ({@code /a/**},
 *       which takes {@code /a}, {@code /a/} and all below, not {@code /ab}). Two of a kind are
 *       compared from the left: a literal segment before {@code {id}} before the end, so the
 *       longest prefix wins. A parameter takes one segment, never an empty one.
 *   <li>Conditions: the more the better, each of {@code headers} and {@code query} counting one,
 *       and {@code methods} one.
 *   <li>The first in the file.
 * </ol>
 *
 * A route whose method, headers or query do not fit is passed over for the next in this order. GET
 * includes HEAD. A header condition is met by any line of that name, a query condition by the first
 * pair of that name, decoded; {@code "*"} asks only that it is there. If routes fit in all but the
 * method, the answer is 405 with their methods in Allow; if none fits, 404.
 */
package io.tidegate.gateway.route;
