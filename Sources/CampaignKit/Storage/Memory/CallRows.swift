import Digests
import JSON

/// The fixed part of a call. Moments are in milliseconds, 0 for none; durations in milliseconds, -1 for none.
struct CallRow: BitwiseCopyable, Sendable {
  var to: UInt64
  var from: UInt64 = 0
  var createdAt: Int64
  var placedAt: Int64 = 0
  var ringingAt: Int64 = 0
  var answeredAt: Int64 = 0
  var endedAt: Int64 = 0
  var placeBy: Int64
  var expiresAt: Int64
  var duration: Int64 = -1
  var talkTime: Int64 = -1
  /// `Int64.min` for not known.
  var costMicros: Int64 = .min
  /// The hash by which the carrier's name for it is found.
  var referenceHash: UInt64 = 0
  var id: RawID
  var account: UInt32
  var campaign: UInt32 = noRow
  var lead: UInt32 = noRow
  /// The lead's identifier, which outlives the lead.
  var leadID = RawID.none
  var contact: UInt32 = noRow
  var agent: UInt32 = noRow
  var number: UInt32
  /// The call before this one to the same lead, number, contact.
  var olderOfLead: UInt32 = noRow
  var olderOfNumber: UInt32 = noRow
  var olderOfContact: UInt32 = noRow
  /// The neighbours among the live calls of the account.
  var olderLive: UInt32 = noRow
  var newerLive: UInt32 = noRow
  var payload = PayloadRef()
  /// The carrier and the rule, as numbers of the text table; 0 for none.
  var carrier: UInt32 = 0
  var rule: UInt32 = 0
  /// A hash of what it is about, by which most calls about something else are told apart; 0 for nothing.
  var subjectHash: UInt32 = 0
  var attempt: UInt16
  var status: UInt8 = 0
  /// One more than the index; 0 for none.
  var disposition: UInt8 = 0
  /// As ``AnsweredBy`` is stored; 0 for none.
  var answeredBy: UInt8 = 0
  /// What became of the lead; 0 for nothing.
  var followUp: UInt8 = 0
  var isAttempt = true
  /// Whether it waits for an agent of its campaign's group.
  var awaitsAgent = false

  var isLive: Bool { status != Call.Status.ended.raw }

  /// As ``Call/wantsAgent``.
  var wantsAgent: Bool { isLive && AnsweredBy(stored: answeredBy)?.isMachine != true }

  static func hash(subject: String?) -> UInt32 {
    guard var subject else { return 0 }
    let hash = subject.withUTF8 { Checksum64.of(UnsafeRawBufferPointer($0), seed: 0) }
    return max(1, UInt32(truncatingIfNeeded: hash))
  }
}

extension Call.Status {
  /// The number that stands for it in a row; it grows with the life of the call.
  var raw: UInt8 {
    switch self {
    case .intended: 0
    case .placed: 1
    case .ringing: 2
    case .answered: 3
    case .ended: 4
    }
  }

  init(raw: UInt8) {
    switch raw {
    case 0: self = .intended
    case 1: self = .placed
    case 2: self = .ringing
    case 3: self = .answered
    default: self = .ended
    }
  }
}

extension Disposition {
  init?(stored: UInt8) {
    let all = Disposition.allCases
    guard stored > 0, Int(stored) <= all.count else { return nil }
    self = all[Int(stored) - 1]
  }

  var stored: UInt8 { UInt8(index) + 1 }
}

extension AnsweredBy {
  init?(stored: UInt8) {
    switch stored {
    case 1: self = .human
    case 2: self = .machineStart
    case 3: self = .machineEndBeep
    case 4: self = .machineEndSilence
    case 5: self = .machineEndOther
    case 6: self = .screening
    case 7: self = .fax
    case 8: self = .unknown
    default: return nil
    }
  }

  var stored: UInt8 {
    switch self {
    case .human: 1
    case .machineStart: 2
    case .machineEndBeep: 3
    case .machineEndSilence: 4
    case .machineEndOther: 5
    case .screening: 6
    case .fax: 7
    case .unknown: 8
    }
  }
}

extension Call.FollowUp {
  init?(stored: UInt8) {
    switch stored {
    case 1: self = .completed
    case 2: self = .failed
    case 3: self = .cancelled
    case 4: self = .suppressed
    case 5: self = .retry
    case 6: self = .callback
    default: return nil
    }
  }

  /// The number that stands for it in a row. It is never given to another.
  var stored: UInt8 {
    switch self {
    case .completed: 1
    case .failed: 2
    case .cancelled: 3
    case .suppressed: 4
    case .retry: 5
    case .callback: 6
    }
  }
}

/// The variable part of a call.
struct CallPayload: Equatable {
  var reference: String?
  var conference: String?
  var recording: Call.Recording?
  var failure: Call.Failure?
  var notes: String?
  var metadata: JSONObject = [:]
  /// What it is about.
  var subject: String?
  var messageLeftAt: Timestamp?
  var agreedCallback: Call.AgreedCallback?
  var agentAbsentAt: Timestamp?

  init() {}

  func write(to writer: inout ByteWriter) {
    var present: UInt8 = 0
    if reference != nil { present |= 1 }
    if conference != nil { present |= 2 }
    if recording != nil { present |= 4 }
    if failure != nil { present |= 8 }
    if notes != nil { present |= 16 }
    if !metadata.isEmpty { present |= 32 }
    if subject != nil { present |= 64 }
    if messageLeftAt != nil || agreedCallback != nil || agentAbsentAt != nil { present |= 128 }
    writer.byte(present)
    if let reference { writer.text(reference) }
    if let conference { writer.text(conference) }
    if let recording { recording.write(to: &writer) }
    if let failure { failure.write(to: &writer) }
    if let notes { writer.text(notes) }
    if !metadata.isEmpty { writer.object(metadata) }
    if let subject { writer.text(subject) }
    if present & 128 != 0 {
      writer.optional(messageLeftAt) { $0.moment($1) }
      writer.optional(agreedCallback) { $0.optional($1.at) { $0.moment($1) } }
      // Payloads that were written before there was such a thing end here.
      if let agentAbsentAt { writer.moment(agentAbsentAt) }
    }
  }

  /// Writes what a payload with a reference and nothing else writes.
  static func write(onlyReference reference: String, to writer: inout ByteWriter) {
    writer.byte(1)
    writer.text(reference)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    guard !reader.isAtEnd else { return }
    let present = try reader.byte()
    if present & 1 != 0 { reference = try reader.text() }
    if present & 2 != 0 { conference = try reader.text() }
    if present & 4 != 0 { recording = try Call.Recording(from: &reader) }
    if present & 8 != 0 { failure = try Call.Failure(from: &reader) }
    if present & 16 != 0 { notes = try reader.text() }
    if present & 32 != 0 { metadata = try reader.object() }
    if present & 64 != 0 { subject = try reader.text() }
    if present & 128 != 0 {
      messageLeftAt = try reader.optional { (r) throws(StoreError) in try r.moment() }
      agreedCallback = try reader.optional { (r) throws(StoreError) in
        Call.AgreedCallback(at: try r.optional { (r) throws(StoreError) in try r.moment() })
      }
      if !reader.isAtEnd { agentAbsentAt = try reader.moment() }
    }
  }
}

extension Call.Recording {
  func write(to writer: inout ByteWriter) {
    writer.text(url)
    writer.optional(reference) { $0.text($1) }
    writer.signed(duration?.milliseconds ?? -1)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let url = try reader.text()
    let reference = try reader.optional { (r) throws(StoreError) in try r.text() }
    let length = try reader.signed()
    self.init(url: url, reference: reference, duration: length < 0 ? nil : .milliseconds(length))
  }
}

extension Call.Failure {
  func write(to writer: inout ByteWriter) {
    writer.optional(code) { $0.text($1) }
    writer.text(cause)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(code: try reader.optional { (r) throws(StoreError) in try r.text() }, cause: try reader.text())
  }
}

/// A number that was called for an account, so that all calls to it can be found.
struct NumberRow: BitwiseCopyable, Sendable {
  var number: UInt64
  var account: UInt32
  var newestCall: UInt32 = noRow
  var liveCalls: UInt32 = 0
}
