import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// Runs where time passes as it does: such tests say nothing on a machine on which a thousand others run.
  static var realTime: Self {
    .enabled(
      "set CAMPAIGNKIT_REAL_TIME, and run nothing beside",
      { ProcessInfo.processInfo.environment["CAMPAIGNKIT_REAL_TIME"] != nil })
  }
}
