import CampaignKit
import CampaignServer
import JSON

/// Tells what can be asked, without a server.
enum Listing {
  /// A line for every method and path.
  static func routes(_ settings: Settings) throws(UsageError) -> String {
    var lines: [String] = []
    for dialect in try Mounting.dialects(settings) {
      for operation in dialect.operations {
        lines.append(
          "\(padded(dialect.name, 7)) \(padded(operation.method.name, 6)) \(dialect.path(of: operation))  "
            + operation.summary)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The description in OpenAPI.
  static func openAPI(_ settings: Settings) throws -> String {
    JSONValue.object(CampaignService.openAPI(of: try Mounting.dialects(settings))).serialized(pretty: true)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
