package io.tidegate.gateway.route;

import java.util.List;
import java.util.Map;

/** Edits of a header block, in this order: remove, set, add. */
public record HeaderEdits(Map<String, String> set, Map<String, String> add, List<String> remove) {
  public static final HeaderEdits NONE = new HeaderEdits(Map.of(), Map.of(), List.of());

  public HeaderEdits {
    set = Map.copyOf(set);
    add = Map.copyOf(add);
    remove = List.copyOf(remove);
  }

  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }
}
