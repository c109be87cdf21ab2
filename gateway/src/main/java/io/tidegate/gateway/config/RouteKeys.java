package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/** Keys of a route: which requests it takes and where they go. */
final class RouteKeys {
  private static final Set<Integer> REDIRECTS = new TreeSet<>(Set.of(301, 302, 303, 307, 308));

  static final int REDIRECT_STATUS = 308;

  private static final Section MATCH =
      new Section("match", "Which requests the route takes; every part that is given must match.")
          .key(
              "host",
              ListShape.of(HttpShapes.HOST_PATTERN).atLeastOne(),
              "Exact names or *.example.org; default: any.")
          .key("path", PathShapes.MATCH, "Exact /a/b, template /a/{id} or prefix /a/**.", "/**")
          .key("methods", ListShape.of(HttpShapes.METHOD).atLeastOne(), "Default: any.")
          .key(
              "headers",
              new MapShape(HttpShapes.TOKEN_NAME, HttpShapes.HEADER_VALUE, true),
              "Name to exact value; * for any value.")
          .key(
              "query",
              new MapShape(Shapes.text("a parameter's name"), Shapes.text("text"), false),
              "Parameter to exact (decoded) value; * for any value.");

  private static final Section SHARE =
      new Section("split-share", "One branch of a split.")
          .required("upstream", UpstreamKeys.NAME, "Where it goes.")
          .key("weight", Shapes.whole(0, 1_000_000), "Relative to the sum of all.", 1);

  private static final Section RESPOND =
      PolicyKeys.answer(new Section("respond", "An answer made here."))
          .key("status", Shapes.whole(200, 599), "Status of the answer.", 200);

  private static final Section REDIRECT =
      new Section("redirect", "Sends the client elsewhere.")
          .required(
              "to",
              Shapes.text("a URL or a path", "(https?://|/)[!-~]*"),
              "{name} takes a path parameter, {path} the whole path.")
          .key("status", redirectStatus(), "301, 302, 303, 307 or 308.", REDIRECT_STATUS);

  static final Section ROUTE =
      new Section("route", "Which requests are taken, where they go, and what protects the call.")
          .key(
              "id",
              UpstreamKeys.NAME,
              "Name in logs and metrics; default: made from upstream and path.")
          .required("match", MATCH, "Which requests the route takes.")
          .key("upstream", UpstreamKeys.NAME, "Forward to this upstream.")
          .key("split", ListShape.of(SHARE).atLeastOne(), "Forward to one of several, by weight.")
          .key("respond", RESPOND, "Answer here.")
          .key("redirect", REDIRECT, "Send the client elsewhere.")
          .keysOf(PolicyKeys.DEFAULTS)
          .exactlyOne("upstream", "split", "respond", "redirect");

  private static ScalarShape redirectStatus() {
    JsonArray statuses = new JsonArray();
    REDIRECTS.forEach(statuses::add);
    return new ScalarShape(
        "301, 302, 303, 307 or 308",
        new JsonObject().put("enum", statuses),
        (scalar, in) -> {
          String text = scalar.text();
          if (!text.matches("[0-9]{3}") || !REDIRECTS.contains(Integer.valueOf(text))) {
            throw new Unfit("301, 302, 303, 307 or 308");
          }
          return Long.valueOf(text);
        });
  }

  private RouteKeys() {}
}
