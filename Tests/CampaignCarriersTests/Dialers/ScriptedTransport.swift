import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation
import JSON
import Locks
import Testing

/// A transport without a network: a function answers, and all that was sent is kept.
final class ScriptedTransport: HTTPTransport {
  typealias Answer = Result<HTTPResponse, HTTPTransportError>

  private let requests = Locked<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest, _ number: Int) async -> Answer

  /// Creates a transport from a function that gets each request and its number, counted from 1.
  init(_ answer: @escaping @Sendable (HTTPRequest, _ number: Int) async -> Answer) {
    self.answer = answer
  }

  /// Creates a transport that gives these answers in turn, and the last of them for ever.
  convenience init(_ answers: Answer...) {
    self.init { _, number in answers[min(number, answers.count) - 1] }
  }

  var sent: [HTTPRequest] { requests.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let number = requests.withLock { requests in
      requests.append(request)
      return requests.count
    }
    return try await answer(request, number).get()
  }
}

extension HTTPRequest {
  /// The fields of a form, in order.
  var form: [String] { String(decoding: body, as: UTF8.self).split(separator: "&").map(String.init) }

  /// The method and the path with its query.
  var line: String {
    guard let url = URLComponents(string: url) else { return method.rawValue }
    return "\(method.rawValue) \(url.percentEncodedPath)\(url.percentEncodedQuery.map { "?\($0)" } ?? "")"
  }
}

extension ScriptedTransport.Answer {
  static func json(_ status: Int, _ value: JSONValue, fields: [String: String] = [:]) -> Self {
    .success(HTTPResponse(status, fields: fields, body: value.serializedBytes()))
  }

  static func lost(_ kind: HTTPTransportError.Kind) -> Self { .failure(HTTPTransportError(kind, "lost")) }
}

/// What is the same in many tests of dialers.
enum Dialing {
  static let start = Timestamp(milliseconds: 1_735_689_600_000)
  static let account = Account.ID(high: 7, low: 7)
  static let agent = Agent.ID(high: 3, low: 3)

  static func publicURL() throws -> URL { try #require(URL(string: "https://calls.example.com")) }

  static func number(_ digits: UInt64) throws -> PhoneNumber { try #require(PhoneNumber(digits: digits)) }

  static func order(
    _ index: UInt32 = 1, to: UInt64 = 15_551_230_001, from: UInt64? = 15_005_550_006, at now: Timestamp = start,
    placeWithin: Duration = .seconds(30), _ edit: (inout Campaign) -> Void = { _ in }
  ) throws -> CallOrder {
    var campaign = Campaign(id: Campaign.ID(high: 2, low: 2), account: account, name: "test", createdAt: now)
    edit(&campaign)
    return CallOrder(
      id: Call.ID(high: UInt64(now.milliseconds) << 16, low: index), account: account, campaign: campaign,
      to: try number(to), from: try from.map(number), createdAt: now, placeBy: now + placeWithin,
      ringTime: campaign.ringTime, longestCall: campaign.longestCall)
  }

  static func reference(_ order: CallOrder, _ reference: String? = nil) -> CallReference {
    CallReference(call: order.id, reference: reference, to: order.to, from: order.from, createdAt: order.createdAt)
  }

  static func twilio(
    _ transport: any HTTPTransport, clock: any EngineClock = .system, detection: MachineDetectionTiming = .whileTalking,
    _ edit: (inout CarrierSettings) -> Void = { _ in }
  ) throws -> TwilioDialer {
    var settings = CarrierSettings()
    edit(&settings)
    return TwilioDialer(
      account: "AC1", credentials: .authToken("token"), publicURL: try publicURL(), detection: detection,
      settings: settings, transport: transport, clock: clock)
  }

  /// How placing an order fails; nil if it does not.
  static func failure(_ dialer: any Dialer, _ order: CallOrder) async -> DialerError? {
    do throws(DialerError) {
      _ = try await dialer.place(order)
      return nil
    } catch {
      return error
    }
  }
}
