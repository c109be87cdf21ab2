package io.tidegate.gateway.config;

import java.util.List;

/** A part of the file after its shape was checked, with the place it came from. */
sealed interface Value permits Value.Single, Value.Items, Value.Off, Value.Broken, Fields {
  Place place();

  /**
   * A scalar, or a whole subtree that is one value.
   *
   * @param shown how a message names it: never by its content when that came from the environment
   */
  record Single(Place place, Object content, String shown) implements Value {}

  /** A list. */
  record Items(Place place, List<Value> values) implements Value {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** A policy that the file switches off. */
  record Off(Place place) implements Value {}

  /** Something was written here and is wrong; that has been said already. */
  record Broken(Place place) implements Value {}
}
