/// What an engine does at the moment, for those who watch it.
public struct EngineActivity: Hashable, Sendable {
  /// The name of this process among those that share the store.
  public var owner: String
  /// Whether it runs: ``CampaignEngine/run()`` was called, and ``CampaignEngine/stop()`` was not.
  public var isRunning: Bool
  /// How many campaigns it has taken.
  public var campaigns: Int
  /// How long a campaign stays with a process that is not heard of.
  public var lease: Duration

  /// Creates a description.
  public init(owner: String, isRunning: Bool, campaigns: Int, lease: Duration) {
    self.owner = owner
    self.isRunning = isRunning
    self.campaigns = campaigns
    self.lease = lease
  }
}

extension CampaignEngine {
  /// What it does at the moment.
  public var activity: EngineActivity {
    guarded.withLock { guarded in
      EngineActivity(
        owner: configuration.owner, isRunning: guarded.hasRun && !guarded.state.isStopping,
        campaigns: guarded.state.runs.count, lease: configuration.lease)
    }
  }
}
