import Foundation
import Testing

/// Every command and option is documented.
@Suite struct DocumentationTests {
  private struct Dump: Decodable {
    let command: Command
  }

  private struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let shouldDisplay: Bool?
    let subcommands: [Command]?
    let arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable { let name: String }
    let kind: String
    let names: [Name]?
    let abstract: String?
    let shouldDisplay: Bool?
  }

  private func commands() throws -> [Command] {
    let result = try Workbench.run(["--experimental-dump-help"])
    let dump = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8))
    return (dump.command.subcommands ?? []).filter {
      $0.commandName != "help" && $0.shouldDisplay ?? true
    }
  }

  private var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  @Test func everyCommandStandsInTheGuide() throws {
    let guide = try String(contentsOf: root.appendingPathComponent("GUIDE.md"), encoding: .utf8)
    let commands = try commands()
    #expect(commands.count >= 4)
    for command in commands {
      #expect(guide.contains("imgdx \(command.commandName)"), "\(command.commandName)")
      #expect(!(command.abstract ?? "").isEmpty, "\(command.commandName)")
    }
  }

  @Test func everyOptionSaysWhatItDoes() throws {
    for command in try commands().flatMap({ [$0] + ($0.subcommands ?? []) }) {
      for argument in command.arguments ?? [] where argument.shouldDisplay ?? true {
        let name = argument.names?.map(\.name).joined(separator: ",") ?? argument.kind
        #expect(!(argument.abstract ?? "").isEmpty, "imgdx \(command.commandName): \(name)")
      }
    }
  }

  /// Links of the pages lead somewhere.
  @Test(arguments: ["README.md", "GUIDE.md", "CONTRIBUTING.md"])
  func linksLeadSomewhere(page: String) throws {
    let text = try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8)
    for match in text.matches(of: /\]\(([^)#]+)(?:#[^)]*)?\)/) where !match.1.hasPrefix("http") {
      let path = root.appendingPathComponent(String(match.1)).path
      #expect(FileManager.default.fileExists(atPath: path), "\(match.1)")
    }
  }
}
