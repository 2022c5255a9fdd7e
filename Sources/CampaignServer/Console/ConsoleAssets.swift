import Digests
import WebServer

/// A file of the console: what a browser loads, compiled into the program.
struct ConsoleAsset: Sendable {
  /// The path at which it is served.
  let path: String
  /// What it is, in a few words.
  let summary: String
  private let type: String
  private let bytes: [UInt8]
  private let entityTag: String

  private init(_ path: String, _ summary: String, _ type: String, _ bytes: [UInt8]) {
    self.path = path
    self.summary = summary
    self.type = type
    self.bytes = bytes
    entityTag = "\"\(String(Checksum64.of(bytes), radix: 16))\""
  }

  /// Everything that the page loads.
  static let all = [
    ConsoleAsset("/", "The console, a page in the browser", "text/html", PackageResources.console_html),
    style("console.css", PackageResources.console_css),
    script("main.js", PackageResources.main_js), script("api.js", PackageResources.api_js),
    script("dom.js", PackageResources.dom_js), script("live.js", PackageResources.live_js),
    script("campaigns.js", PackageResources.campaigns_js), script("campaign.js", PackageResources.campaign_js),
    script("form.js", PackageResources.form_js), script("upload.js", PackageResources.upload_js),
    script("leads.js", PackageResources.leads_js), script("lists.js", PackageResources.lists_js),
    script("contacts.js", PackageResources.contacts_js), script("agents.js", PackageResources.agents_js),
    script("suppressions.js", PackageResources.suppressions_js), script("csv.js", PackageResources.csv_js),
    script("editor.js", PackageResources.editor_js), script("listing.js", PackageResources.listing_js),
  ]

  private static func script(_ name: String, _ bytes: [UInt8]) -> ConsoleAsset {
    ConsoleAsset("/console/\(name)", "A script of the console", "text/javascript", bytes)
  }

  private static func style(_ name: String, _ bytes: [UInt8]) -> ConsoleAsset {
    ConsoleAsset("/console/\(name)", "The look of the console", "text/css", bytes)
  }

  /// What a page may do: its own scripts, styles and answers, and nothing of anybody else.
  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  /// Serves the file. Browsers ask each time whether it is still the same, so that an update is seen at once.
  var operation: Operation {
    Operation(
      .get, path, summary, tag: "console", access: .everybody,
      success: Operation.Success(.ok, .text(), mediaType: type)
    ) { inquiry in answer(to: inquiry.request) }
    .unlimited
  }

  private func answer(to request: Request) -> Response {
    var response = Response(contentType: "\(type); charset=utf-8", body: .bytes(bytes))
    response.fields["Content-Security-Policy"] = Self.policy
    response.fields["Cache-Control"] = "no-cache"
    response.fields["ETag"] = entityTag
    let known = request.values(of: "If-None-Match").flatMap { $0.split(separator: ",") }
      .map { $0.trimmingCharacters(while: " \t") }
    if known.contains(where: { $0 == "*" || $0 == entityTag || $0 == "W/" + entityTag }) {
      response.status = .notModified
      response.contentType = nil
      response.body = .empty
    }
    return response
  }
}

extension Substring {
  /// The text without some characters at its ends.
  fileprivate func trimmingCharacters(while characters: String) -> String {
    var text = drop { characters.contains($0) }
    while let last = text.last, characters.contains(last) { text.removeLast() }
    return String(text)
  }
}
