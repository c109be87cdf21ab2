/**
 * Jobs in one SQLite file of this node.
 *
 * <p>One thread writes. What arrives while it commits goes into its next commit, so that many share
 * one {@code fsync} and a single client waits for no other. Answers go out after the commit. A few
 * further connections read. Checkpoints run beside the writer, who only does the last bit of each.
 *
 * <p>The driver unpacks its native library into {@code java.io.tmpdir}, or where the system
 * property {@code org.sqlite.tmpdir} says; with a read-only root or {@code noexec} there, point it
 * to a folder that is neither, or unpack the library beforehand and give its folder as {@code
 * org.sqlite.lib.path}. From Java 24 on, {@code --enable-native-access=ALL-UNNAMED} keeps the
 * runtime from warning of it.
 */
package io.tidegate.worker.store.sqlite;
