import Foundation
import Testing

@testable import Reports

/// The page as text: nothing from a file can become markup.
@Suite struct ReportPageTests {
  @Test func hostileNamesStayText() throws {
    let page = try SampleRun.record().page()
    #expect(!page.contains("<img src=x"))
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.contains(#"\u003c/script>\u003cimg src=x"#))
  }

  @Test func saysThatItIsForResearch() throws {
    #expect(try SampleRun.record().page().contains(researchNotice))
  }

  @Test func namesNoPatientUnlessAsked() throws {
    var run = try SampleRun.record()
    #expect(try !run.page().contains("Doe^Jane"))
    run.run.includesPHI = true
    #expect(try run.page().contains("Doe^Jane"))
  }

  @Test func refersToNothingOutside() throws {
    let page = try SampleRun.record().page()
    #expect(!page.contains("https://") && !page.contains("src=\"") && !page.contains("@import"))
  }

  @Test func escapesMarkup() {
    #expect(ReportPage.escape("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
  }
}

/// The page in a real browser: it draws, filters and switches without an error.
@Suite struct ReportBrowserTests {
  /// Drives the page as a person would and leaves what it saw in the document.
  private static let driver = """
    <script>
    (() => {
      const seen = [];
      const visible = (selector) => [...document.querySelectorAll(selector)]
        .filter((e) => getComputedStyle(e).display !== "none").length;
      const click = (label) => document.querySelector(`[data-label="${label}"]`).click();
      seen.push("cards " + visible(".card"));
      seen.push("first " + document.querySelector(".card").className);
      seen.push("outlines " + visible(".card .outline"));
      document.getElementById("outlines").click();
      seen.push("off " + visible(".card .outline"));
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "o" }));
      seen.push("on " + visible(".card .outline"));
      click("class:normal");
      seen.push("normal " + visible(".card"));
      click("failed");
      seen.push("failed " + document.querySelectorAll("#failure-rows tr").length);
      click("all");
      const search = document.getElementById("search");
      search.value = "scan-7"; search.dispatchEvent(new Event("input"));
      seen.push("search " + visible(".card"));
      search.value = ""; search.dispatchEvent(new Event("input"));
      document.querySelector(".card").click();
      seen.push("dialog " + document.getElementById("case").open);
      document.getElementById("next").click();
      seen.push("links " + document.querySelectorAll("#case-facts a").length);
      document.getElementById("close").click();
      seen.push("images " + document.querySelectorAll("img").length);
      seen.push("errors " + window.errors.length);
      document.body.dataset.seen = seen.join("; ");
    })();
    </script>
    """

  @Test(.enabled(if: Chromium.path != nil, "Chromium is not installed: the page is not driven"))
  func filtersAndOutlinesWork() throws {
    let page = try SampleRun.record().page()
      .replacingOccurrences(
        of: "<title>",
        with: "<script>window.errors = []; onerror = (m) => errors.push(m)</script><title>"
      )
      .replacingOccurrences(of: "</body>", with: Self.driver + "</body>")
    let result = try Chromium.run(page, ["--dump-dom"])
    #expect(
      result.output.contains(
        "data-seen=\"cards 12; first card suspicious; outlines 8; off 0; on 8; normal 4; failed 1; "
          + "search 1; dialog true; links 3; images 0; errors 0\""),
      "\(result.output.components(separatedBy: "data-seen=").last?.prefix(300) ?? "")")
    #expect(!result.errors.contains("CONSOLE"), "\(result.errors)")
  }

  @Test(.enabled(if: Chromium.path != nil, "Chromium is not installed: thousands are not tried"))
  func thousandsOfCasesAreMadeAsNeeded() throws {
    var run = try SampleRun.record()
    run.cases = (0..<100).flatMap { _ in run.cases }
    let count =
      "<script>document.body.dataset.made = document.querySelectorAll('.card').length</script>"
    let page = try run.page().replacingOccurrences(of: "</body>", with: count + "</body>")
    let result = try Chromium.run(page, ["--dump-dom"])
    #expect(result.output.contains("data-made=\"60\""))
  }

  /// The search for the folder that all files share never ended at "/".
  @Test(.enabled(if: Chromium.path != nil, "Chromium is not installed: the page is not driven"))
  func absoluteAndRelativePathsTogetherDoNotHangThePage() throws {
    var run = try SampleRun.record()
    let (files, count) = (["/data/one/a.png", "two/b.png"], run.cases.count)
    for index in 0..<count { run.cases[index].source.file = files[index % 2] }
    let seen =
      "<script>document.body.dataset.made = document.querySelectorAll('.card').length</script>"
    let page = try run.page().replacingOccurrences(of: "</body>", with: seen + "</body>")
    let result = try Chromium.run(page, ["--dump-dom"])
    #expect(result.output.contains("data-made="))
    #expect(result.output.contains(">two/b.png<"))
  }
}

/// Chromium without a window, where it is installed.
enum Chromium {
  static let path: String? = ["chromium", "chromium-browser", "google-chrome"]
    .map { "/usr/bin/\($0)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static func run(_ page: String, _ arguments: [String]) throws -> (output: String, errors: String)
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("imgdx-chromium-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("report.html")
    try page.write(to: file, atomically: true, encoding: .utf8)
    let (out, err) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
    for url in [out, err] { try Data().write(to: url) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    process.arguments =
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--enable-logging=stderr", "--user-data-dir=\(folder.path)/profile",
        "--virtual-time-budget=4000",
      ] + arguments + [file.absoluteString]
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    let deadline = Date().addingTimeInterval(60)
    while process.isRunning && Date() < deadline { usleep(50_000) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    let read = { (url: URL) in
      String(decoding: (try? Data(contentsOf: url)) ?? Data(), as: UTF8.self)
    }
    return (read(out), read(err))
  }
}
