package io.tidegate.gateway.config;

/**
 * One thing wrong with the file.
 *
 * @param file name of the file as it was given
 * @param line from 1; 1 for a problem of the whole file
 * @param column from 1
 * @param path keys that lead there, such as {@code routes[2].retry.attempts}; empty for the file
 * @param message what was found and what is expected; never the value of a secret
 */
public record Problem(
    Severity severity, String file, int line, int column, String path, String message) {

  /** In the form that editors and terminals make clickable: {@code file:line:column: ...}. */
  @Override
  public String toString() {
    String where = file + ":" + line + ":" + column + ": " + severity + ": ";
    return where + (path.isEmpty() ? message : path + ": " + message);
  }
}
