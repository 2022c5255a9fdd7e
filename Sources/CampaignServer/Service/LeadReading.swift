import CampaignKit
import JSON

extension CampaignService {
  /// Makes a lead of a telephone number as people write it, with what the number tells of where the person is.
  ///
  /// - Parameters:
  ///   - text: The number.
  ///   - field: Where it stands, for the refusal.
  ///   - country: The region of numbers without a country code, where the request names one.
  /// - Returns: The lead.
  /// - Throws: A ``Refusal`` that names the field and says what is wrong.
  func lead(calling text: String, field: String, country: String? = nil) throws(Refusal) -> NewLead {
    let parsed = try parsedNumber(text, field: field, country: country)
    let place = Locality(
      jurisdiction: parsed.number.region?.description, timeZones: Array(parsed.number.timeZones))
    var lead = NewLead(number: parsed.number, locality: place)
    lead.phoneExtension = parsed.phoneExtension
    return lead
  }
}

/// What became of leads that were given one by one.
struct GivenLeads: Sendable {
  /// How many were given.
  var total: Int
  /// How many were added.
  var added: Int
  /// Those that were left out, counted from 0, in order, and why.
  var refused: [(index: Int, reason: String)]
}

extension CampaignService {
  /// Adds leads to a campaign; those that cannot be read or added are left out.
  ///
  /// - Parameters:
  ///   - entries: The leads.
  ///   - schema: What each of them has to be.
  ///   - campaign: The campaign.
  ///   - read: Makes a lead of an entry that fits the schema.
  /// - Returns: What became of them.
  /// - Throws: A ``StoreError`` where none can be added.
  func add(
    _ entries: [JSONValue], fitting schema: Schema, to campaign: Campaign.ID,
    _ read: (JSONObject) throws(Refusal) -> NewLead
  ) async throws -> GivenLeads {
    var leads: [NewLead] = []
    var places: [Int] = []
    var reasons: [Int: String] = [:]
    for (index, entry) in entries.enumerated() {
      var problems: [Problem] = []
      let checked = schema.check(entry, &problems).object ?? [:]
      do throws(Refusal) {
        guard problems.isEmpty else { throw Refusal(problems) }
        leads.append(try read(checked))
        places.append(index)
      } catch {
        reasons[index] = error.message
      }
    }
    for (place, outcome) in zip(places, try await add(leads, to: campaign)) {
      if let refusal = outcome.refusal { reasons[place] = refusal.message }
    }
    return GivenLeads(
      total: entries.count, added: entries.count - reasons.count,
      refused: reasons.sorted { $0.key < $1.key }.map { (index: $0.key, reason: $0.value) })
  }
}

extension LeadInsertion.Outcome {
  /// Why a lead was not added; nil where it was.
  var refusal: Refusal? {
    switch self {
    case .inserted: nil
    case .duplicate: Refusal(.duplicate, "the phone number is in the campaign already")
    case .recent: Refusal(.duplicate, "the phone number was added to another campaign not long ago")
    case .suppressed: Refusal(.state, "the phone number is on the do-not-call list")
    }
  }
}
