package io.tidegate.gateway.offload;

/** A field of a request for a job makes no sense. The message names it, for the client. */
final class WrongField extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  WrongField(String name, String found, String expected) {
    super(name + ": found " + shown(found) + ", expected " + expected);
  }

  private static String shown(String found) {
    String cut = found.length() > 100 ? found.substring(0, 100) + "…" : found;
    return '"' + cut + '"';
  }
}
