package io.tidegate.gateway.upstream;

/** 64-bit hashes that are the same on every node and in every run; not for secrets. */
public final class Hash {
  static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Hash() {}

  /** Hash of a text; allocates nothing. */
  public static long of(CharSequence text) {
    long hash = 0xCBF29CE484222325L; // FNV-1a over UTF-16 units, then mixed
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /** Finaliser of splitmix64: each input bit flips about half of the output bits. */
  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
