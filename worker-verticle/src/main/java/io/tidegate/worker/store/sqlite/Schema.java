package io.tidegate.worker.store.sqlite;

import io.tidegate.worker.store.StoreUnavailable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** The file's shape, and how connections to it are made. */
final class Schema {
  private static final int FORMAT = 1;

  /** Before this, a write-ahead log could become corrupt when it was reset. */
  private static final int[] OLDEST = {3, 51, 3};

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
          """
          CREATE TABLE job(
            seq INTEGER PRIMARY KEY, hi INTEGER NOT NULL, lo INTEGER NOT NULL,
            queue INTEGER NOT NULL, route INTEGER NOT NULL, tenant TEXT NOT NULL,
            grp TEXT NOT NULL, ord INTEGER NOT NULL,
            state INTEGER NOT NULL, lane INTEGER, prio INTEGER NOT NULL,
            boost INTEGER NOT NULL, rank INTEGER NOT NULL,
            run_at INTEGER NOT NULL, deadline INTEGER NOT NULL,
            lease_until INTEGER, token INTEGER NOT NULL, suspect INTEGER NOT NULL,
            attempts INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
            deliveries INTEGER NOT NULL, crashes INTEGER NOT NULL,
            solo_crashes INTEGER NOT NULL, deferrals INTEGER NOT NULL,
            generation INTEGER NOT NULL, version INTEGER NOT NULL, bytes INTEGER NOT NULL,
            created INTEGER NOT NULL, started INTEGER, finished INTEGER, expires INTEGER,
            err_type TEXT, err_status INTEGER, err_message TEXT,
            callback TEXT, untold INTEGER)
          """,
          """
          CREATE TABLE job_req(
            seq INTEGER PRIMARY KEY, method TEXT NOT NULL, uri TEXT NOT NULL, headers BLOB,
            idem TEXT, parent TEXT, trace_state TEXT, body BLOB)
          """,
          """
          CREATE TABLE job_res(
            seq INTEGER PRIMARY KEY, status INTEGER NOT NULL, headers BLOB, body BLOB)
          """,
          """
          CREATE TABLE attempt_log(
            seq INTEGER NOT NULL, n INTEGER NOT NULL, delivery INTEGER NOT NULL,
            started INTEGER NOT NULL, took INTEGER NOT NULL, outcome TEXT NOT NULL,
            status INTEGER NOT NULL, err_type TEXT, err_status INTEGER, err_message TEXT,
            PRIMARY KEY(seq, n)) WITHOUT ROWID
          """,
          """
          CREATE TABLE idem(
            hash BLOB PRIMARY KEY, fingerprint TEXT NOT NULL, hi INTEGER NOT NULL,
            lo INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID
          """,
          "CREATE INDEX idem_until ON idem(until)",
          """
          CREATE TABLE tombstone(
            hi INTEGER NOT NULL, lo INTEGER NOT NULL, state INTEGER NOT NULL,
            until INTEGER NOT NULL, PRIMARY KEY(hi, lo)) WITHOUT ROWID
          """,
          "CREATE INDEX tombstone_until ON tombstone(until)",
          """
          CREATE TABLE tally(
            queue INTEGER NOT NULL, route INTEGER NOT NULL, state INTEGER NOT NULL,
            n INTEGER NOT NULL, bytes INTEGER NOT NULL,
            PRIMARY KEY(queue, route, state)) WITHOUT ROWID
          """,
          "CREATE TABLE queue(queue INTEGER PRIMARY KEY, mode INTEGER NOT NULL)",
          """
          CREATE TABLE schedule(
            queue TEXT NOT NULL, name TEXT NOT NULL, options BLOB, last INTEGER,
            hi INTEGER, lo INTEGER, PRIMARY KEY(queue, name)) WITHOUT ROWID
          """,
          "CREATE UNIQUE INDEX job_id ON job(hi, lo)",
          "CREATE INDEX job_ready ON job(queue, route, lane, rank, seq) WHERE lane IS NOT NULL",
          "CREATE INDEX job_due ON job(run_at) WHERE state IN (0, 3)",
          "CREATE INDEX job_late ON job(deadline) WHERE state IN (0, 1, 3)",
          "CREATE INDEX job_lease ON job(lease_until) WHERE state = 2",
          "CREATE INDEX job_list ON job(queue, state, hi, lo) WHERE state <> 2",
          "CREATE INDEX job_tenant ON job(tenant, hi, lo) WHERE tenant <> ''",
          "CREATE INDEX job_gc ON job(expires) WHERE expires IS NOT NULL",
          "CREATE INDEX job_group ON job(queue, grp, ord) WHERE grp <> '' AND state IN (1, 2, 3)",
          "CREATE INDEX job_untold ON job(finished) WHERE untold = 1");

  private Schema() {}

  /** The only connection that writes. */
  static Sql writer(Path file) throws SQLException {
    SQLiteConfig config = config(-65_536);
    config.enforceForeignKeys(true);
    Sql sql = new Sql(config.createConnection("jdbc:sqlite:" + file));
    try {
      refuseOld(sql.one("SELECT sqlite_version()", row -> row.getString(1)).orElseThrow());
      sql.execute("PRAGMA auto_vacuum=INCREMENTAL"); // Has an effect on a new file only.
      sql.execute("PRAGMA journal_mode=WAL");
      sql.execute("PRAGMA synchronous=FULL");
      sql.execute("PRAGMA wal_autocheckpoint=0");
      return sql;
    } catch (SQLException | RuntimeException unusable) {
      sql.close();
      throw unusable;
    }
  }

  /** A connection that reads. */
  static Sql reader(Path file) throws SQLException {
    SQLiteConfig config = config(-8192);
    config.setReadOnly(true);
    return new Sql(config.createConnection("jdbc:sqlite:" + file));
  }

  /** A connection that moves the log into the file. */
  static Sql checkpointer(Path file) throws SQLException {
    Sql sql = new Sql(config(-512).createConnection("jdbc:sqlite:" + file));
    sql.execute("PRAGMA synchronous=FULL");
    sql.execute("PRAGMA wal_autocheckpoint=0");
    return sql;
  }

  private static SQLiteConfig config(int cache) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(5000);
    config.setCacheSize(cache);
    config.setOpenMode(SQLiteOpenMode.NOMUTEX); // Each connection stays on one thread.
    return config;
  }

  private static void refuseOld(String version) {
    int[] parts = Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    if (Arrays.compare(parts, OLDEST) < 0) {
      throw new StoreUnavailable(
          "sqlite: " + version + " (expected: 3.51.3 or newer, older ones can lose jobs)", null);
    }
  }

  /** Makes the tables of a new file, and refuses a file of another shape. */
  static void prepare(Sql sql) throws SQLException {
    boolean exists =
        sql.number("SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='meta'") > 0;
    if (!exists) {
      sql.execute("BEGIN IMMEDIATE");
      for (String table : TABLES) {
        sql.execute(table);
      }
      sql.update("INSERT INTO meta VALUES('format', ?), ('boots', 0), ('clean', 1)", FORMAT);
      sql.execute("COMMIT");
    }
    long format = sql.number("SELECT value FROM meta WHERE key='format'");
    if (format != FORMAT) {
      throw new StoreUnavailable(
          "jobs.db: format " + format + " (expected: " + FORMAT + ", of this version)", null);
    }
  }
}
