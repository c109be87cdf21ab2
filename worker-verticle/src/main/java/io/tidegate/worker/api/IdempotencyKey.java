package io.tidegate.worker.api;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A client's name for one wish, within its tenant and route: the same key and fingerprint make one
 * job, however often they come.
 *
 * @param value as the client gave it, 1 to 255 characters
 * @param fingerprint what has to be alike for the wish to be the same one
 */
public record IdempotencyKey(String value, String fingerprint) {
  public static final int MAX_LENGTH = 255;

  public IdempotencyKey {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "idempotency key: " + value.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
    }
  }

  /** A key of a call: the fingerprint is the SHA-256 of method, path, query and body. */
  public static IdempotencyKey of(String value, JobCall call) {
    MessageDigest digest = sha256();
    digest.update(call.method().getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    digest.update(call.uri().getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    Buffer body = call.body();
    digest.update(body.getBytes());
    return new IdempotencyKey(value, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
