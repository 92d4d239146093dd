import ArgumentParser
private import Batching
private import Foundation

/// `imgdx worker`: a process that a batch starts to work for it. Nobody types this.
struct WorkerCommand: ParsableCommand {
  static let name = "worker"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Works for a batch that started it.", shouldDisplay: false)

  func run() {
    // A signal to the whole group is for the parent, which lets the work in hand finish.
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGHUP] { signal(number, SIG_IGN) }
    WorkerLoop.run(descriptor: STDIN_FILENO)
  }
}
