import CampaignKit

/// What a carrier says about a request that it refuses.
protocol CarrierFault {
  /// Whether the answer is the carrier's own, and not of something that stands before it.
  var isCarriers: Bool { get }
  /// The carrier's code, if it has codes.
  var carrierCode: String? { get }
  /// What the carrier says.
  var message: String? { get }
  /// What it means, where the status alone does not say it.
  var code: DialerError.Code? { get }
}

/// What an answer means that is no success.
enum CarrierRefusal {
  /// What the answer to an order means.
  ///
  /// A server that says that the request is at fault has made no call. When it says that itself is, it may have, and
  /// so may one that sends elsewhere. One that is asked too often has made none if the carrier itself says so; what
  /// stands before it may say the same of an answer that was lost.
  static func answer(to response: HTTPResponse, said fault: some CarrierFault) -> PlacementAnswer {
    switch response.status {
    case 408, 409, 425, 499: .uncertain("the carrier answered \(response.status)")
    case 429 where !fault.isCarriers: .uncertain("the carrier answered \(response.status)")
    case 400..<500: .refused(error(response, said: fault))
    default: .uncertain("the carrier answered \(response.status)")
    }
  }

  /// The error that an answer stands for.
  static func error(_ response: HTTPResponse, said fault: some CarrierFault) -> DialerError {
    let said = fault.message.map { ": " + CarrierText.withoutNumbers(String($0.prefix(300))) } ?? ""
    return DialerError(
      fault.code ?? code(of: response.status, isCarriers: fault.isCarriers),
      "the carrier answered \(response.status)\(said)",
      carrierCode: fault.carrierCode)
  }

  /// What a status means. That the request is at fault counts in the carrier's own words only: what stands before it says
  /// so of anything, and may take the next one.
  private static func code(of status: Int, isCarriers: Bool) -> DialerError.Code {
    switch status {
    case 401, 404: .notPermitted
    case 402: .outOfFunds
    case 403: .notPermitted
    case 429: .throttled
    case 400..<500: isCarriers ? .invalidOrder : .unavailable
    default: .unavailable
    }
  }
}
