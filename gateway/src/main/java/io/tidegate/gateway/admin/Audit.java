package io.tidegate.gateway.admin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps record of who changed, or tried to change, what. */
@FunctionalInterface
interface Audit {
  /** One line in the log for each. */
  Audit LOG = new Log(LoggerFactory.getLogger("io.tidegate.audit"));

  void record(Entry entry);

  /**
   * @param remote address and port of the caller
   * @param means why it was let in: {@code token}, {@code loopback}; {@code none} when it was not
   * @param action method and path, such as {@code POST /reload}
   * @param detail what was asked for beyond the path; may be empty
   * @param status of the answer
   */
  record Entry(String remote, String means, String action, String detail, int status) {}

  /** Writes entries as structured log events. */
  record Log(Logger logger) implements Audit {
    @Override
    public void record(Entry entry) {
      logger
          .atInfo()
          .addKeyValue("event", "admin_write")
          .addKeyValue("remote", entry.remote())
          .addKeyValue("means", entry.means())
          .addKeyValue("action", entry.action())
          .addKeyValue("detail", entry.detail())
          .addKeyValue("status", entry.status())
          .log("Admin: {} from {}: {}", entry.action(), entry.remote(), entry.status());
    }
  }
}
