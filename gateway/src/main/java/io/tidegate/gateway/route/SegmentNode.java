package io.tidegate.gateway.route;

/**
 * A place in a tree of path segments. The tree is walked literal first, so its order from left to
 * right is the order of specificity; what a walk visits depends on the path's length, not on the
 * number of routes.
 *
 * <p>A node is the table of its literal children, rather than to have one: one cache miss less.
 */
final class SegmentNode<T> extends TextTable<SegmentNode<T>> {
  private Candidate<T> candidates;
  private SegmentNode<T> parameter;

  void add(Candidate<T> candidate) {
    SegmentNode<T> node = this;
    for (PathPattern.Segment segment : candidate.pattern().segments()) {
      node = segment.parameter() ? node.parameterChild() : node.literalChild(segment.text());
    }
    node.candidates = Candidate.link(node.candidates, candidate);
  }

  /**
   * The best template below this node, or null.
   *
   * @param from where the next segment starts; past the end when there is none
   */
  Candidate<T> template(Search search, int from) {
    String path = search.path;
    if (from > path.length()) {
      return search.pick(candidates);
    }
    int to = PathPattern.segmentEnd(path, from);
    SegmentNode<T> literal = get(path, from, to);
    Candidate<T> found = literal == null ? null : literal.template(search, to + 1);
    return found == null && parameter != null && to > from
        ? parameter.template(search, to + 1)
        : found;
  }

  /** The best prefix at or below this node, or null: the longest that agrees. */
  Candidate<T> prefix(Search search, int from) {
    String path = search.path;
    Candidate<T> found = null;
    if (from <= path.length()) {
      int to = PathPattern.segmentEnd(path, from);
      SegmentNode<T> literal = get(path, from, to);
      found = literal == null ? null : literal.prefix(search, to + 1);
      if (found == null && parameter != null && to > from) {
        found = parameter.prefix(search, to + 1);
      }
    }
    return found == null ? search.pick(candidates) : found;
  }

  private SegmentNode<T> parameterChild() {
    if (parameter == null) {
      parameter = new SegmentNode<>();
    }
    return parameter;
  }

  private SegmentNode<T> literalChild(String text) {
    SegmentNode<T> child = get(text, 0, text.length());
    if (child == null) {
      child = new SegmentNode<>();
      add(text, child);
    }
    return child;
  }
}
