public import CampaignKit

extension ScriptedCarrier {
  /// A request for a call.
  public struct Order: Hashable, Sendable {
    /// When it came.
    public var at: Timestamp
    /// What it says.
    public var parameters: [CallbackItem]
    /// The name of the call that was made of it; nil if none was.
    public var reference: String?

    /// The first value that it has for a name.
    public subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }
  }

  /// What a carrier knows.
  public struct Books: Sendable {
    /// Every call that it took, in the order in which it did.
    public var calls: [ScriptedCall]
    /// Every request for a call, in the order in which they came.
    public var orders: [Order]
    /// How many requests came.
    public var requests: Int
    /// How many connections were made.
    public var connections: Int
  }
}
