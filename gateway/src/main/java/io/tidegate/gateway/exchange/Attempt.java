package io.tidegate.gateway.exchange;

/** One try at an upstream on behalf of an exchange; on the exchange's event loop only. */
public final class Attempt {
  private final Exchange exchange;
  private final int number;
  private final Object avoid;
  private final boolean fresh;
  private Object endpoint;
  private boolean stale;

  /**
   * @param number 0 for the first
   * @param avoid endpoint that failed before, or null
   * @param fresh whether only a connection that has not served yet will do
   */
  public Attempt(Exchange exchange, int number, Object avoid, boolean fresh) {
    this.exchange = exchange;
    this.number = number;
    this.avoid = avoid;
    this.fresh = fresh;
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
