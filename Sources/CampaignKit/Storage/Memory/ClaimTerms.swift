/// What a claim needs to know of its campaign. A campaign is large, and is not copied for this.
struct ClaimTerms {
  let account: UInt32
  let callerNumber: PhoneNumber?
  /// Whether there is something to choose among its numbers, or to count.
  let choosesCaller: Bool
  let callsPerDay: Int?
  let ringTime: Duration
  let longestCall: Duration
  let pacing: Pacing
  let group: String?
  let maximumAttempts: Int
  let rollingLimits: [RollingLimit]
  let delayUntil: Int64
  let rateUntil: Int64

  init(_ record: borrowing CampaignRecord) {
    account = record.account
    callerNumber = record.campaign.callerNumbers.first
    callsPerDay = record.campaign.callerChoice.maximumPerDay
    choosesCaller = record.campaign.callerNumbers.count > 1 || callsPerDay != nil
    ringTime = record.campaign.ringTime
    longestCall = record.campaign.longestCall
    pacing = record.campaign.pacing
    group = record.campaign.agents.group
    maximumAttempts = record.campaign.retries.maximumAttempts
    rollingLimits = record.campaign.compliance.rollingLimits
    delayUntil = record.delayUntil
    rateUntil = record.rateUntil
  }
}

/// What the calls of one claim have in common.
struct CallTerms {
  /// The number to call from, and how many calls were made from it that are not counted yet.
  var from: UInt64
  var uncounted = 0
  var placeBy: Int64
  var expiresAt: Int64
  var rule: UInt32

  init(_ record: ClaimRecord, ruleNumber: UInt32) {
    from = record.from
    placeBy = record.placeBy
    expiresAt = record.expiresAt
    rule = ruleNumber
  }
}
