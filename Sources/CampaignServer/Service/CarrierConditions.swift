import CampaignCarriers
import CampaignKit
import JSON

extension CampaignService {
  /// How each carrier does: whether it takes calls, and whether it is heard.
  var carriers: [JSONValue] {
    let dialer = engine.dialer
    if let trunks = dialer as? Trunks { return trunks.conditions.map { Self.shown($0.name, Self.trouble($0)) } }
    let isConnected = (dialer as? AsteriskDialer)?.isConnected ?? true
    return [Self.shown(dialer.name, isConnected ? nil : Self.unheard)]
  }

  static let carriersSchema = Schema.list(
    of: .object([.required("name", .text()), .required("status", Plivo.level), .optional("message", .text())]))

  private static let unheard = "Its events are not heard, and it is given no calls until they are."

  private static func trouble(_ condition: TrunkCondition) -> String? {
    guard condition.isConnected else { return unheard }
    guard let failure = condition.failure else { return nil }
    let said =
      failure == .uncertain
      ? "It did not say whether it took the last call that it was to take"
      : "It refused the last call that it was to take (\(failure))"
    guard condition.rest > .zero else { return said + "." }
    return said + ", and is tried last for another \(max(1, condition.rest.components.seconds)) s."
  }

  private static func shown(_ name: String, _ trouble: String?) -> JSONValue {
    let level: LoadLevel = trouble == nil ? .healthy : .warning
    var shown: JSONObject = ["name": .string(name), "status": .string(level.rawValue)]
    if let trouble { shown["message"] = .string(trouble) }
    return .object(shown)
  }
}
