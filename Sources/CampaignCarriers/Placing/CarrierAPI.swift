import CampaignKit

/// The REST side of one carrier: what is asked of it, and what its answers mean.
protocol CarrierAPI: Sendable {
  /// The carrier.
  var carrier: WebCarrier { get }

  /// Where the carrier reports.
  var addresses: WebhookAddresses { get }

  /// How long after its order a call is in what the carrier lists, at the latest, if it is not over by then.
  var settlesWithin: Duration { get }

  /// How long a call that is over may be in no list.
  var recordsWithin: Duration { get }

  /// The request that places a call.
  func placing(_ order: CallOrder, from: PhoneNumber) -> HTTPRequest

  /// The request that rings an agent for a call.
  func ringing(_ agent: Agent, at phone: PhoneNumber, for call: CallReference, from: PhoneNumber) -> HTTPRequest

  /// What the answer to one of these requests means.
  func placement(_ response: HTTPResponse) -> PlacementAnswer

  /// Ends a call that has a name.
  func hangUp(_ reference: String, _ line: CarrierLine) async throws(DialerError)

  /// Ends a call that has a name, and is over already most often.
  func end(_ reference: String, _ line: CarrierLine) async throws(DialerError)

  /// Lets a call that was answered go on with the document at an address.
  func redirect(_ reference: String, to address: String, _ line: CarrierLine) async throws(DialerError)

  /// The call of a name; nil if the carrier does not tell.
  func call(_ reference: String, _ line: CarrierLine) async throws(DialerError) -> CarrierCall?

  /// Calls from one number to another that were made from a moment on; without the one, from any number.
  func calls(
    from: PhoneNumber?, to: PhoneNumber, since: Timestamp, knows: @Sendable (String) -> Bool, _ line: CarrierLine
  ) async throws(DialerError) -> CarrierCalls

  /// Which of our calls a call of the carrier is, if the carrier can tell.
  func owner(of reference: String, _ line: CarrierLine) async -> Call.ID?
}

extension CarrierAPI {
  var recordsWithin: Duration { .zero }

  func end(_ reference: String, _ line: CarrierLine) async throws(DialerError) { try await hangUp(reference, line) }
}

/// What an answer to an order means.
enum PlacementAnswer: Sendable {
  /// The carrier has the call. It tells for how long the call waits for its turn, if it does.
  case placed(String, queued: Duration?)
  /// There is no call, for certain.
  case refused(DialerError)
  /// Whether there is a call is not known.
  case uncertain(String)
}

/// A call as its carrier has it.
struct CarrierCall: Hashable, Sendable {
  var report: CarrierReport
  /// The number that it is made from, where the carrier tells.
  var from: PhoneNumber?
  var createdAt: Timestamp?
  var answeredAt: Timestamp?
  var endedAt: Timestamp?

  /// All that happened to it so far.
  func history(of call: Call.ID) -> [CallEvent] {
    report.history(of: call, createdAt: createdAt, answeredAt: answeredAt, endedAt: endedAt)
  }
}

/// Calls that a search found.
struct CarrierCalls: Hashable, Sendable {
  var calls: [CarrierCall] = []
  /// Whether there are no others.
  var isComplete = true
}
