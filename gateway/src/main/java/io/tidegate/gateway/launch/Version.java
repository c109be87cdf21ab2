package io.tidegate.gateway.launch;

/** Which Tidegate this is, as the build wrote it into the jar. */
public final class Version {
  public static final String NUMBER = number();

  private Version() {}

  private static String number() {
    String built = Version.class.getPackage().getImplementationVersion();
    return built == null ? "development" : built;
  }
}
