package io.tidegate.gateway.e2e;

import static io.tidegate.gateway.e2e.CacheClient.ask;
import static io.tidegate.gateway.e2e.CacheClient.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one client sends must not reach another one through the cache. The upstream tells in each
 * answer everything that it was told, and lets everybody remember that.
 */
@Timeout(60)
class CachePoisoningIT {
  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream =
        RawUpstream.start(
            (request, connection) -> {
              String fields =
                  request.headers().all("x-forwarded-host").stream().collect(Collectors.joining())
                      + request.headers().all("x-original-url")
                      + request.headers().all("x-rewrite-url")
                      + request.headers().all("x-http-method-override")
                      + request.headers().all("x-forwarded-prefix")
                      + request.headers().all("x-forwarded-scheme")
                      + request.headers().all("host");
              String body = request.line() + " " + fields + " " + request.body().text();
              connection.write(
                  "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=600\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + (request.method().equals("HEAD") ? "" : body));
            });
    gateway =
        TidegateProcess.start(
            """
            defaults: {retry: false, rewrite: {host: keep}}
            upstreams:
              origin: {endpoints: ['%1$s'], breaker: false, outlier: false}
            routes:
              - {id: all, match: {path: /**}, upstream: origin, cache: {}}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: evil",
        "X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https",
        "Forwarded: host=evil;proto=https",
        "X-Original-URL: /evil",
        "X-Rewrite-URL: /evil",
        "X-HTTP-Method-Override: evil",
        "X-Forwarded-Prefix: /evil",
        "X-Forwarded-Scheme: evil",
      })
  void aFieldThatIsNoPartOfTheKeyChangesNobodyElsesAnswer(String field) {
    String path = "/field-" + Integer.toHexString(field.hashCode());
    get(gateway, path, field);

    assertThat(get(gateway, path).text()).doesNotContain("evil");
  }

  @Test
  void theHostTellsAnswersApart() {
    String evil = "GET /host HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n";
    RawClient.exchange(gateway.port(), evil);

    assertThat(get(gateway, "/host").text()).doesNotContain("evil");
  }

  @Test
  void aGetWithABodyIsAnsweredForItselfOnly() {
    String fat =
        "GET /fat HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\nConnection: close\r\n\r\nevil";
    assertThat(RawClient.exchange(gateway.port(), fat).text()).contains("evil");

    assertThat(get(gateway, "/fat").text()).doesNotContain("evil");
  }

  @ParameterizedTest
  @CsvSource({
    "/cloak?a=1;b=evil, /cloak?a=1",
    "/cloak2?a=1&a=evil, /cloak2?a=1",
    "/cloak3?a=1%26b=evil, /cloak3?a=1&b=2",
    "/cloak4?a=1%23evil, /cloak4?a=1",
    "/cloak5?a=1&%62=evil, /cloak5?a=1",
  })
  void aParameterThatIsReadInTwoWaysIsNoOtherRequest(String evil, String good) {
    get(gateway, evil);

    assertThat(get(gateway, good).text()).doesNotContain("evil");
  }

  @Test
  void thePathThatIsKeyedIsTheOneThatIsAsked() {
    get(gateway, "/x/../path");
    var plain = get(gateway, "/path");

    assertThat(plain.text()).startsWith("GET /path ");
    assertThat(get(gateway, "/%70ath").text()).startsWith("GET /");
    assertThat(get(gateway, "/path%2fevil").text()).doesNotStartWith("GET /path ");
    assertThat(get(gateway, "/path").text()).startsWith("GET /path ");
  }

  @Test
  void anAnswerWithoutABodyIsNotTakenForTheWhole() {
    ask(gateway, "HEAD", "/head");

    assertThat(get(gateway, "/head").text()).startsWith("GET /head ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/crlf%0d%0aSet-Cookie:evil", "/crlf?a=%0d%0aSet-Cookie:%20evil"})
  void aLineBreakInTheTargetBecomesNoField(String target) {
    var answer = get(gateway, target);
    var again = get(gateway, target);

    assertThat(answer.header("set-cookie")).isEmpty();
    assertThat(again.header("set-cookie")).isEmpty();
  }
}
