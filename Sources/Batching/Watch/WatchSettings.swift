package import Foundation

/// How a folder is watched.
package struct WatchSettings: Sendable, Equatable {
  /// A study is taken when none of its files has changed for so long.
  package var quietPeriod: Duration
  /// When to take no further study; nil: never.
  package var until: Date?
  /// Studies that still change at the end are taken as they are; otherwise they wait for the next
  /// night.
  package var takesIncomplete: Bool

  package init(quietPeriod: Duration, until: Date?, takesIncomplete: Bool) {
    self.quietPeriod = quietPeriod
    self.until = until
    self.takesIncomplete = takesIncomplete
  }

  /// How often to look: often enough that the quiet period decides, not this.
  var interval: Duration { min(max(quietPeriod / 4, .milliseconds(100)), .seconds(10)) }
}
