package io.tidegate.gateway.offload;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Tells whose a job is. The value of the scope's header may be a secret, so its digest is kept. */
final class Tenant {
  private static final int BYTES = 16;

  private Tenant() {}

  /** Empty when there is no scope, or the request does not say. */
  static String of(Optional<String> scope, MultiMap headers) {
    String value = scope.map(headers::get).orElse(null);
    return value == null || value.isEmpty() ? "" : digest(value);
  }

  private static String digest(String value) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] whole = sha256.digest(value.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole, 0, BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
