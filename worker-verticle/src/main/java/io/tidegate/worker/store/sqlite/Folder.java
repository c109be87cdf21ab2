package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.store.StoreUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder of a store: owned by one process at a time, with something in reserve for the day the
 * disk is full. The lock is on a file of its own: closing any descriptor of the database file would
 * drop the locks that SQLite holds on it.
 */
final class Folder implements AutoCloseable {
  private static final int RESERVE = 64 << 20;
  private static final int CHUNK = 1 << 20;
  private static final double FLOOR_SHARE = 0.05;

  private final Path path;
  private final long floor;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final FileStore disk;

  private Folder(Path path, long floor, FileChannel lockFile, FileLock lock) throws IOException {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
    this.disk = Files.getFileStore(path);
    this.floor = Math.min(floor, (long) (disk.getTotalSpace() * FLOOR_SHARE));
  }

  /**
   * @throws StoreUnavailable when another process has it, or it cannot be written to
   */
  static Folder open(Path path, long floor) {
    try {
      Files.createDirectories(path);
      FileChannel file =
          FileChannel.open(
              path.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(file);
      if (lock == null) {
        file.close();
        throw new StoreUnavailable(
            "stores.jobs.path: " + path + " is in use (expected: one process per folder)", null);
      }
      sync(path);
      return new Folder(path, floor, file, lock);
    } catch (IOException broken) {
      throw new StoreUnavailable("stores.jobs.path: " + path + ": " + broken, broken);
    }
  }

  private static FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException alreadyInThisProcess) {
      return null;
    }
  }

  /** Makes the names in a folder durable. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (java.nio.file.AccessDeniedException windows) {
      // There, folders cannot be opened; names are journaled.
    }
  }

  void sync() throws IOException {
    sync(path);
  }

  Path database() {
    return path.resolve("jobs.db");
  }

  /** Bytes of the write-ahead log. */
  long walBytes() {
    return path.resolve("jobs.db-wal").toFile().length();
  }

  /** Bytes that are left. */
  long free() {
    try {
      return disk.getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }

  /** No more jobs should be taken. */
  boolean low() {
    return free() < floor;
  }

  /** Puts bytes aside, if there are enough, and any are to be left free at all. */
  void reserve() throws IOException {
    Path file = reserveFile();
    if (floor == 0 || Files.exists(file) || free() < floor + 2L * RESERVE) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
      for (int written = 0; written < RESERVE; written += CHUNK) {
        channel.write(zeros.clear());
      }
    }
  }

  /**
   * Gives them back to the disk.
   *
   * @return whether there were any
   */
  boolean spend() throws IOException {
    return Files.deleteIfExists(reserveFile());
  }

  private Path reserveFile() {
    return path.resolve("RESERVE");
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException given) {
      // The end of the process lets go of it too.
    }
  }
}
