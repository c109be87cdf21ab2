package io.tidegate.gateway.resilience;

/** Turns a wheel by hand. */
final class ManualMotor implements TimerWheel.Motor {
  private Runnable turn;
  private int starts;

  @Override
  public void start(Runnable turn) {
    this.turn = turn;
    starts++;
  }

  @Override
  public void stop() {
    turn = null;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  boolean isTurning() {
    return turn != null;
  }

  int starts() {
    return starts;
  }

  void turn() {
    if (turn != null) {
      turn.run();
    }
  }
}
