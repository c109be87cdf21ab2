package io.tidegate.gateway.exchange;

import io.netty.util.AsciiString;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of field names. Asked once for every field of every message: in any case, without making a
 * String of what came off the wire, whose hash is known already.
 */
final class FieldNames {
  private final List<String> names;
  private final AsciiString[] table;

  private FieldNames(List<String> names) {
    this.names = names;
    this.table = new AsciiString[Integer.highestOneBit(names.size()) * 4];
    for (String name : names) {
      AsciiString made = AsciiString.of(name);
      int place = made.hashCode() & (table.length - 1);
      while (table[place] != null) {
        place = (place + 1) & (table.length - 1);
      }
      table[place] = made;
    }
  }

  static FieldNames of(String... names) {
    return new FieldNames(List.of(names));
  }

  FieldNames and(String... more) {
    return new FieldNames(Stream.concat(names.stream(), Stream.of(more)).toList());
  }

  boolean contains(CharSequence name) {
    int hash = AsciiString.hashCode(name);
    int place = hash & (table.length - 1);
    AsciiString at;
    while ((at = table[place]) != null) {
      if (at.hashCode() == hash && at.contentEqualsIgnoreCase(name)) {
        return true;
      }
      place = (place + 1) & (table.length - 1);
    }
    return false;
  }
}
