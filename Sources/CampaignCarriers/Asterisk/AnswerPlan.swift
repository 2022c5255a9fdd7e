import CampaignKit
import JSON

/// What is to be done when a call is answered. Asterisk keeps it in a variable of the channel, where a later process
/// finds it.
struct AnswerPlan: Hashable, Sendable {
  /// Whether machines are told from people.
  var detects = false
  /// What is played to a machine.
  var message: String?
  /// What is played to a person.
  var announcement: String?
  /// What is played to a person whose agent does not come to the telephone.
  var farewell: String?

  /// Creates a plan to do nothing.
  init() {}

  /// What an order asks for, where there is such an announcement, or somebody who tells machines from people.
  init(_ order: CallOrder, announcement: String?, detects: Bool) {
    let detection = order.campaign?.machineDetection
    self.detects = detects && detection?.mode ?? .off != .off
    message = detection?.messageURL
    self.announcement = order.campaign?.agents.group == nil ? announcement : nil
    farewell = order.campaign?.agents.abandonedMessageURL
  }

  /// Reads a plan; nil for what is none.
  init?(_ text: String) {
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: text.utf8) } catch { return nil }
    guard let detects = json["detects"]?.bool else { return nil }
    self.detects = detects
    message = json["message"]?.string
    announcement = json["announcement"]?.string
    farewell = json["farewell"]?.string
  }

  /// The plan as it is kept.
  var text: String {
    var json: JSONObject = ["detects": .bool(detects)]
    json["message"] = message.map { .string($0) }
    json["announcement"] = announcement.map { .string($0) }
    json["farewell"] = farewell.map { .string($0) }
    return JSONValue.object(json).serialized()
  }
}
