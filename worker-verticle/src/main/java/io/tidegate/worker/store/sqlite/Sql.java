package io.tidegate.worker.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One connection and its prepared statements. Confined to one thread. */
final class Sql implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Reads one row. */
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs something that is not prepared, as a pragma. */
  void execute(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /**
   * @return rows changed
   */
  int update(String text, Object... values) throws SQLException {
    try {
      return bind(text, values).executeUpdate();
    } catch (SQLException failed) {
      throw dropped(text, failed);
    }
  }

  <T> Optional<T> one(String text, Reader<T> reader, Object... values) throws SQLException {
    try (ResultSet rows = bind(text, values).executeQuery()) {
      return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    } catch (SQLException failed) {
      throw dropped(text, failed);
    }
  }

  <T> List<T> all(String text, Reader<T> reader, Object... values) throws SQLException {
    try (ResultSet rows = bind(text, values).executeQuery()) {
      List<T> read = new ArrayList<>();
      while (rows.next()) {
        read.add(reader.read(rows));
      }
      return read;
    } catch (SQLException failed) {
      throw dropped(text, failed);
    }
  }

  /** The first number of the first row; 0 when there is none. */
  long number(String text, Object... values) throws SQLException {
    try (ResultSet rows = bind(text, values).executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    } catch (SQLException failed) {
      throw dropped(text, failed);
    }
  }

  /** The driver closes a statement that failed, as on a full disk: it could never be used again. */
  private SQLException dropped(String text, SQLException failed) {
    PreparedStatement statement = prepared.remove(text);
    if (statement != null) {
      try {
        statement.close();
      } catch (SQLException alsoFailed) {
        failed.addSuppressed(alsoFailed);
      }
    }
    return failed;
  }

  private PreparedStatement bind(String text, Object[] values) throws SQLException {
    PreparedStatement statement = prepared.get(text);
    if (statement == null) {
      statement = connection.prepareStatement(text);
      prepared.put(text, statement);
    }
    for (int i = 0; i < values.length; i++) {
      set(statement, i + 1, values[i]);
    }
    return statement;
  }

  private static void set(PreparedStatement statement, int at, Object value) throws SQLException {
    if (value instanceof Long number) {
      statement.setLong(at, number);
    } else if (value instanceof Integer number) {
      statement.setInt(at, number);
    } else if (value instanceof String text) {
      statement.setString(at, text);
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(at, bytes);
    } else if (value == null) {
      statement.setNull(at, java.sql.Types.NULL);
    } else {
      throw new AssertionError("no binding for " + value.getClass());
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    connection.close();
  }
}
