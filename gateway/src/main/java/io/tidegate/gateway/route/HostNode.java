package io.tidegate.gateway.route;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in a tree of host labels, walked from the last label to the first. Holds the routes of
 * the host that ends here and those of the wildcard over all hosts below.
 */
final class HostNode<T> {
  private static final String WILDCARD = "*.";

  private final TextTable<HostNode<T>> labels = new TextTable<>();
  private final PathTable<T> itself = new PathTable<>();
  private final PathTable<T> below = new PathTable<>();
  private List<PathTable<T>> forItself = List.of();
  private List<PathTable<T>> forBelow = List.of();

  /** The routes of {@code host}, a name or {@code *.} and a name, to add to. */
  PathTable<T> routes(String host) {
    boolean wildcard = host.startsWith(WILDCARD);
    String name = HostName.of(wildcard ? host.substring(WILDCARD.length()) : host);
    if (name.isEmpty() || name.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "a host is a name, or *. before a name for all hosts below it: " + host);
    }
    HostNode<T> node = this;
    for (int to = name.length(); to >= 0; ) {
      int dot = name.lastIndexOf('.', to - 1);
      node = node.child(name.substring(dot + 1, to));
      to = dot;
    }
    return wildcard ? node.below : node.itself;
  }

  /**
   * Settles, once all routes are in, which tables a host that ends here or below is looked up in.
   */
  void seal(List<PathTable<T>> inherited) {
    forItself = prepend(itself, inherited);
    forBelow = prepend(below, inherited);
    labels.forEach(child -> child.seal(forBelow));
  }

  /** The tables for a request's host, the most specific first. */
  List<PathTable<T>> tables(String host) {
    if (labels.isEmpty()) {
      return forBelow;
    }
    String name = HostName.of(host);
    HostNode<T> node = this;
    for (int to = name.length(); to >= 0; ) {
      int dot = name.lastIndexOf('.', to - 1);
      HostNode<T> child = node.labels.get(name, dot + 1, to);
      if (child == null) {
        return node.forBelow;
      }
      node = child;
      to = dot;
    }
    return node.forItself;
  }

  private HostNode<T> child(String label) {
    HostNode<T> child = labels.get(label, 0, label.length());
    if (child == null) {
      child = new HostNode<>();
      labels.add(label, child);
    }
    return child;
  }

  private static <T> List<PathTable<T>> prepend(PathTable<T> first, List<PathTable<T>> rest) {
    if (first.isEmpty()) {
      return rest;
    }
    List<PathTable<T>> tables = new ArrayList<>(rest.size() + 1);
    tables.add(first);
    tables.addAll(rest);
    return List.copyOf(tables);
  }
}
