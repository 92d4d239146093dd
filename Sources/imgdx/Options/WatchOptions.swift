import ArgumentParser
internal import Batching
internal import Foundation

/// `--watch` and what goes with it.
struct WatchOptions: ParsableArguments {
  @Flag(help: "Wait for further studies once everything is done, until --until or Ctrl-C.")
  var watch = false

  @Option(
    help: ArgumentHelp(
      "A study is taken when no file of it has changed for so long, such as 90s or 5m; otherwise 60s.",
      valueName: "time"))
  var quietPeriod: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "When to take no further study: the next time that it is HH:MM.", valueName: "hh:mm"))
  var until: ClockTime?

  @Option(
    help:
      "What becomes of studies that still change at --until: skip leaves them for the next night.")
  var incomplete: Incomplete?

  enum Incomplete: String, ExpressibleByArgument, CaseIterable { case skip, process }

  func validate() throws {
    guard watch || (quietPeriod == nil && until == nil && incomplete == nil) else {
      throw ValidationError("--quiet-period, --until and --incomplete go with --watch.")
    }
    guard incomplete == nil || until != nil else {
      throw ValidationError("--incomplete goes with --until.")
    }
  }

  /// Nil where nothing is watched.
  func settings(now: Date = Date()) -> WatchSettings? {
    guard watch else { return nil }
    return WatchSettings(
      quietPeriod: quietPeriod?.duration ?? .seconds(60), until: until?.next(after: now),
      takesIncomplete: incomplete == .process)
  }
}

/// `90s`, `5m`, `1h`, `0.5s`, `60`.
struct TimeSpan: ExpressibleByArgument, Equatable {
  let duration: Duration

  init?(argument: String) {
    guard let match = argument.wholeMatch(of: /([0-9]+(?:\.[0-9]+)?)([smh]?)/),
      let number = Double(match.1)
    else { return nil }
    let unit: Double =
      switch match.2 {
      case "h": 3600
      case "m": 60
      default: 1
      }
    let seconds = number * unit
    guard seconds <= 7 * 24 * 3600 else { return nil }
    duration = .seconds(seconds)
  }
}

/// `06:00`, `23:59:30`: a time of the day here.
struct ClockTime: ExpressibleByArgument, Equatable {
  let hour: Int
  let minute: Int
  let second: Int

  init?(argument: String) {
    guard let match = argument.wholeMatch(of: /([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?/),
      let hour = Int(match.1), let minute = Int(match.2), let second = Int(match.3 ?? "0"),
      hour < 24, minute < 60, second < 60
    else { return nil }
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// The next time that the clock shows this; where the hour is left out in spring, the one after.
  func next(after date: Date, in calendar: Calendar = .current) -> Date? {
    calendar.nextDate(
      after: date, matching: DateComponents(hour: hour, minute: minute, second: second),
      matchingPolicy: .nextTime)
  }
}
