/// Tells a process that it was stopped for a while (Ctrl-Z, a frozen container).
struct Attendance {
  /// When it was last known to run.
  private(set) var lastTurn = ContinuousClock.now

  /// - Parameter patience: how long the process meant to wait since the last turn.
  /// - Returns: how much longer it was away, where that is more than a busy machine explains.
  mutating func absence(beyond patience: Duration) -> Duration? {
    let now = ContinuousClock.now
    let away = now - lastTurn - patience
    lastTurn = now
    return away > .seconds(1) ? away : nil
  }
}
