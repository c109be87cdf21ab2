package io.tidegate.gateway.offload;

import java.util.Base64;

/**
 * A secret of Standard Webhooks: {@code whsec_} and the Base64 of 24 to 64 bytes. Never shown.
 *
 * @param text as written
 */
public record Secret(String text) {
  private static final String PREFIX = "whsec_";
  private static final String EXPECTED = "whsec_ and the Base64 of 24 to 64 bytes";

  public Secret {
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException("secret: (expected: " + EXPECTED + ")");
    }
    byte[] key = decode(text);
    if (key.length < 24 || key.length > 64) {
      throw new IllegalArgumentException(
          "secret: " + key.length + " bytes (expected: " + EXPECTED + ")");
    }
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException notBase64) {
      throw new IllegalArgumentException("secret: no Base64 (expected: " + EXPECTED + ")");
    }
  }

  byte[] key() {
    return decode(text);
  }

  @Override
  public String toString() {
    return "secret";
  }
}
