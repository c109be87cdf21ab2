package io.tidegate.metrics;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector on loopback that keeps what it is sent, and understands spans of OTLP. */
public final class Collector implements AutoCloseable {
  /** One request as it came. */
  public record Posted(String path, String contentType, byte[] body) {}

  /** What tests look at of a span. */
  public record Received(
      String name,
      int kind,
      String traceId,
      String spanId,
      String parentId,
      int status,
      Map<String, String> attributes,
      List<String> events,
      int links) {}

  public final List<Posted> posted = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  public Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          posted.add(
              new Posted(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("content-type"),
                  exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Spans by name. */
  public Map<String, Received> spans() {
    Map<String, Received> all = new TreeMap<>();
    for (Posted one : posted) {
      for (Field resource : fields(one.body, 1)) {
        for (Field scope : fields(resource.bytes, 2)) {
          for (Field span : fields(scope.bytes, 2)) {
            Received received = span(span.bytes);
            all.put(received.name, received);
          }
        }
      }
    }
    return all;
  }

  private static Received span(byte[] span) {
    Map<String, String> attributes = new TreeMap<>();
    for (Field attribute : fields(span, 9)) {
      byte[] value = fields(attribute.bytes, 2).get(0).bytes;
      List<Field> text = fields(value, 1);
      attributes.put(
          text(attribute.bytes, 1),
          text.isEmpty() ? Long.toString(fields(value, 3).get(0).number) : text(value, 1));
    }
    List<Field> status = fields(span, 15);
    List<Field> code = status.isEmpty() ? List.of() : fields(status.get(0).bytes, 3);
    List<Field> parent = fields(span, 4);
    return new Received(
        text(span, 5),
        (int) fields(span, 6).get(0).number,
        hex(fields(span, 1).get(0).bytes),
        hex(fields(span, 2).get(0).bytes),
        parent.isEmpty() ? "" : hex(parent.get(0).bytes),
        code.isEmpty() ? 0 : (int) code.get(0).number,
        attributes,
        fields(span, 11).stream().map(event -> text(event.bytes, 2)).toList(),
        fields(span, 13).size());
  }

  private record Field(int tag, long number, byte[] bytes) {}

  private static String text(byte[] message, int tag) {
    return new String(fields(message, tag).get(0).bytes, StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  /** The fields of a protobuf message with a tag. */
  private static List<Field> fields(byte[] message, int tag) {
    List<Field> found = new ArrayList<>();
    Buffer buffer = Buffer.buffer(message);
    int[] at = {0};
    while (at[0] < message.length) {
      long key = varint(buffer, at);
      Field field = field((int) (key >>> 3), (int) key & 7, buffer, at);
      if (field.tag == tag) {
        found.add(field);
      }
    }
    return found;
  }

  private static Field field(int tag, int type, Buffer buffer, int[] at) {
    switch (type) {
      case 0 -> {
        return new Field(tag, varint(buffer, at), new byte[0]);
      }
      case 2 -> {
        int length = (int) varint(buffer, at);
        at[0] += length;
        return new Field(tag, 0, buffer.getBytes(at[0] - length, at[0]));
      }
      case 1, 5 -> {
        at[0] += type == 1 ? 8 : 4;
        return new Field(tag, 0, new byte[0]);
      }
      default -> throw new AssertionError("wire type " + type);
    }
  }

  private static long varint(Buffer buffer, int[] at) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = buffer.getByte(at[0]++);
      number |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return number;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
