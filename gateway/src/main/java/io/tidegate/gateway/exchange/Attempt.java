package io.tidegate.gateway.exchange;

/** One try at an upstream on behalf of an exchange; on the exchange's event loop only. */
public final class Attempt {
  private final Exchange exchange;
  private final int number;
  private final Object avoid;
  private final boolean fresh;
  private final Attempt before;
  private Object endpoint;
  private boolean stale;
  private long waitedMillis;

  /**
   * @param number 0 for the first
   * @param avoid endpoint that failed before, or null
   * @param fresh whether only a connection that has not served yet will do
   */
  public Attempt(Exchange exchange, int number, Object avoid, boolean fresh) {
    this(exchange, number, avoid, fresh, null);
  }

  private Attempt(Exchange exchange, int number, Object avoid, boolean fresh, Attempt before) {
    this.exchange = exchange;
    this.number = number;
    this.avoid = avoid;
    this.fresh = fresh;
    this.before = before;
  }

  /** One more after this one has failed, rather at an endpoint that none before was made at. */
  public Attempt further() {
    return new Attempt(exchange, number + 1, endpoint, false, this);
  }

  /** The same one again, on a connection that has not served yet. */
  public Attempt afresh() {
    return new Attempt(exchange, number, avoid, true, before);
  }

  public Exchange exchange() {
    return exchange;
  }

  public int number() {
    return number;
  }

  public Object avoid() {
    return avoid;
  }

  /** Whether {@code candidate} failed in any attempt before. */
  public boolean avoids(Object candidate) {
    for (Attempt each = before; each != null; each = each.before) {
      if (each.endpoint == candidate) {
        return true;
      }
    }
    return candidate == avoid;
  }

  /** The endpoint that was called, or null when none was. */
  public Object endpoint() {
    return endpoint;
  }

  public void endpoint(Object chosen) {
    endpoint = chosen;
  }

  public boolean fresh() {
    return fresh;
  }

  /** Milliseconds of its time that went by before its call began: in a queue, or on purpose. */
  public long waitedMillis() {
    return waitedMillis;
  }

  /** So many milliseconds more went by. */
  public void waited(long millis) {
    waitedMillis += millis;
  }

  /**
   * Whether it failed on a connection that had served before, without an answer's first byte: most
   * likely the upstream had closed it at that moment, and the request was never seen.
   */
  public boolean isStale() {
    return stale;
  }

  public void stale(boolean value) {
    stale = value;
  }
}
