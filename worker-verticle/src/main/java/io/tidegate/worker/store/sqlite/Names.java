package io.tidegate.worker.store.sqlite;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Queues and routes by a small number: it stands in each row and in most indexes. There are as many
 * as were ever configured. Confined to one thread.
 */
final class Names {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Integer, String> texts = new HashMap<>();

  void load(Sql sql) throws SQLException {
    numbers.clear();
    texts.clear();
    sql.all(
        "SELECT id, text FROM name",
        row -> {
          put(row.getInt(1), row.getString(2));
          return null;
        });
  }

  private void put(int number, String text) {
    numbers.put(text, number);
    texts.put(number, text);
  }

  /** The number of a name, made when it is new. */
  int number(Sql sql, String text) throws SQLException {
    Integer known = numbers.get(text);
    if (known != null) {
      return known;
    }
    int next = numbers.size() + 1;
    sql.update("INSERT INTO name(id, text) VALUES(?,?)", next, text);
    put(next, text);
    return next;
  }

  /** The number of a name; -1, which no row has, when it is not known. */
  int known(String text) {
    return numbers.getOrDefault(text, -1);
  }

  String text(int number) {
    return texts.get(number);
  }

  /** As {@link #text}, for a reader, who may be behind the writer. */
  String text(Sql sql, int number) throws SQLException {
    if (!texts.containsKey(number)) {
      load(sql);
    }
    return texts.get(number);
  }

  /** As {@link #known}, for a reader, who may be behind the writer. */
  int known(Sql sql, String text) throws SQLException {
    if (!numbers.containsKey(text)) {
      load(sql);
    }
    return known(text);
  }

  /** All of them, with their numbers. */
  Set<Map.Entry<String, Integer>> entries() {
    return numbers.entrySet();
  }
}
