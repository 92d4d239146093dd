package import Files
private import Screening

/// The `report.html` of a run: one page that needs no other file and no network. Style, script,
/// thumbnails and data are inside; cards are made as they come into view.
package enum ReportPage {
  /// Writes the page.
  /// - Parameters:
  ///   - screened: the ``RunEntry/card`` of each screened image.
  ///   - failed: of each failed one.
  package static func write(
    _ run: RunRecord, screened: TextSource, failed: TextSource,
    to sink: @escaping (String) throws -> Void
  ) throws {
    try sink(head(run))
    try PageData.write(run, screened: screened, failed: failed, to: sink)
    try sink(tail)
  }

  /// Up to the data.
  private static func head(_ run: RunRecord) -> String {
    let notice = escape(researchNotice)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="robots" content="noindex">
      <meta http-equiv="Content-Security-Policy" content="\(contentPolicy)">
      <title>\(escape(title(run)))</title>
      <link rel="icon" href="data:,">
      <style>\(ReportStyle.css)</style>
      </head>
      <body>
      <header class="top">
        <div>
          <p class="brand">imgdx</p>
          <h1>\(escape(title(run)))</h1>
          <p class="muted" id="circumstances"></p>
        </div>
        <p class="notice" role="note">\(notice)</p>
      </header>
      \(ReportPage.frame)
      <footer>
        <p><strong>\(notice)</strong></p>
        <p id="model" class="muted"></p>
        <p class="muted">Classes and outlines are the output of a neural network. They may be wrong,
        and say nothing about images of another kind than it was trained on.</p>
      </footer>
      <noscript><p class="notice">This page needs JavaScript to show its cards. The same results
      are in summary.csv and run.json beside it.</p></noscript>
      <script type="application/json" id="data">
      """
  }

  private static let tail = """
    </script>
    <script>\(ReportScript.javascript)</script>
    </body>
    </html>

    """

  /// Nothing is loaded from anywhere, whatever a file name might contain.
  private static let contentPolicy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    + "base-uri 'none'; form-action 'none'"

  private static func title(_ run: RunRecord) -> String {
    "Screening report, \(run.started.prefix(10))"
  }

  /// What the script fills: tiles, tools, cards, failures and the dialog of one case.
  private static let frame = """
    <main>
    <section id="tiles" class="tiles" aria-label="Summary"></section>
    <div class="tools" role="toolbar" aria-label="Show">
      <div id="filters" class="filters" role="group" aria-label="Filter by class"></div>
      <label class="search"><span class="hidden">Search</span>
        <input id="search" type="search" placeholder="Search files  ( / )" autocomplete="off"
          spellcheck="false"></label>
      <label class="choice">Sort
        <select id="sort">
          <option value="urgency">most suspicious first</option>
          <option value="size">largest lesion first</option>
          <option value="name">by name</option>
        </select></label>
      <label class="switch" title="Key: o"><input id="outlines" type="checkbox" checked>
        <span class="track" aria-hidden="true"></span>Outlines</label>
    </div>
    <p id="count" class="muted" aria-live="polite"></p>
    <section id="cards" class="cards" aria-label="Images"></section>
    <div id="more" aria-hidden="true"></div>
    <section id="failures" class="failures" hidden aria-labelledby="failures-title">
      <h2 id="failures-title">Files that could not be read</h2>
      <table><thead><tr><th scope="col">File</th><th scope="col">Reason</th></tr></thead>
      <tbody id="failure-rows"></tbody></table>
    </section>
    </main>
    <dialog id="case" aria-labelledby="case-title">
      <div class="case-head"><h2 id="case-title"></h2>
        <div class="case-tools">
          <button id="previous" type="button" title="Key: ←" aria-label="Previous">←</button>
          <button id="next" type="button" title="Key: →" aria-label="Next">→</button>
          <button id="close" type="button" title="Key: Esc" aria-label="Close">✕</button>
        </div></div>
      <div class="case-body"><div id="case-picture" class="picture large"></div>
        <div id="case-facts"></div></div>
    </dialog>
    """

  /// Text that is safe between tags and in attributes.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
