import CampaignKit
import JSON

/// Makes leads as an import would: a phone, names, an e-mail address, three custom fields, six time zones.
struct LeadSource {
  static let localities = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu",
  ].map { Locality(timeZones: [$0]) }

  private static let firstNames = [
    "Anna", "Boris", "Carla", "David", "Elena", "Farid", "Greta", "Hiroshi", "Ines", "Jonas",
  ]
  private static let lastNames = [
    "Adams", "Brown", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Hansen", "Ivanov", "Johnson", "Kowalski",
    "Lindqvist", "Moreau",
  ]

  private var random = SplitMix64(seed: 11)
  private var next: UInt64 = 0
  /// Whether each lead gets a priority of its own; otherwise all have the same.
  var hasPriorities = false
  /// The share of leads that are not due before a moment, in hundredths.
  var waitingShare: UInt64 = 0
  var waitingFrom = Timestamp.distantPast

  mutating func batch(_ count: Int) throws -> [NewLead] {
    var leads: [NewLead] = []
    leads.reserveCapacity(count)
    for _ in 0..<count { leads.append(try lead()) }
    return leads
  }

  private mutating func lead() throws -> NewLead {
    guard let number = PhoneNumber(digits: 12_000_000_000 + next) else {
      throw Options.Failure(description: "There are no more phone numbers.")
    }
    let first = Self.firstNames[Int(random.next() % UInt64(Self.firstNames.count))]
    let last = Self.lastNames[Int(random.next() % UInt64(Self.lastNames.count))]
    var person = Person()
    person.firstName = first
    person.lastName = last
    person.email = "\(first).\(last).\(next)@example.com"
    let fields: JSONObject = [
      "plan": .string(next % 3 == 0 ? "standard" : "premium"), "balance": JSONValue(Int(random.next() % 100_000)),
      "reference": .string("A-\(next)"),
    ]
    var lead = NewLead(
      number: number, person: person, priority: hasPriorities ? Int32(random.next() % 1000) : 0, fields: fields,
      locality: Self.localities[Int(random.next() % 6)])
    if waitingShare > 0, random.next() % 100 < waitingShare {
      lead.notBefore = waitingFrom + .seconds(Int64(random.next() % 1_000_000))
    }
    next += 1
    return lead
  }
}
