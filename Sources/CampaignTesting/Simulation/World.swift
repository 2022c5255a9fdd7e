import CampaignKit
import Locks

/// A store, a carrier and some processes, and what happens to them according to a plan.
final class World: Sendable {
  /// A process that runs.
  struct Running: Sendable {
    let process: SimulatedProcess
    let engine: CampaignEngine
    let store: ProcessStore
    let task: Task<Void, Never>
  }

  struct State: Sendable {
    var store: any CampaignStorage
    var disk: LossyFileSystem?
    var faults: FaultyFileSystem?
    var slots: [Running?]
    var nextNumber = 1
    var openings: UInt64 = 0
    /// How long a process of a place stays away when it dies.
    var downtimes: [Duration]
    /// What happens when the power fails.
    var powerCut: (seed: UInt64, downtime: Duration)?
    var isOut = false
    var isOver = false
  }

  let plan: SimulationPlan
  let time: VirtualTime
  let seams: Simulation.Seams
  let trace: Trace
  let observer: Observer
  let crew: Crew
  let carrier: FaultyCarrier
  let weather: StoreWeather
  let state: Locked<State>

  init(_ plan: SimulationPlan, _ time: VirtualTime, _ seams: Simulation.Seams) {
    self.plan = plan
    self.time = time
    self.seams = seams
    seams.began(time)
    trace = Trace(time)
    observer = Observer(plan, time, trace)
    crew = Crew(time)
    carrier = FaultyCarrier(
      time, mix: plan.carrier.mix, faults: plan.carrier.faults, seed: plan.seed, capabilities: plan.carrier.capabilities
    )
    weather = StoreWeather(time, seed: plan.seed ^ 0x5eed)
    state = Locked(
      State(
        store: LocalStore(), slots: Array(repeating: nil, count: plan.processes),
        downtimes: Array(repeating: .seconds(1), count: plan.processes)))
  }

  /// The store as engines see it, without what may befall them.
  var store: any CampaignStorage { state.withLock { $0.store } }

  // MARK: The store

  /// Opens the store, on what is left of its files.
  func openStore() throws {
    var configuration = LocalStore.Configuration()
    configuration.time = time
    configuration.durability = seams.durability
    configuration.appending = .caller
    let opening = state.withLock { state in
      state.openings += 1
      return state.openings
    }
    configuration.identifiers = IdentifierGenerator(random: SeededGenerator(seed: plan.seed &* 97 &+ opening))
    guard case .files(let snapshotEvery) = plan.store else {
      let store = LocalStore(configuration: configuration)
      return state.withLock { $0.store = seams.store(store) }
    }
    configuration.snapshotEvery = snapshotEvery
    let disk = state.withLock { $0.disk } ?? LossyFileSystem()
    let faults = FaultyFileSystem(disk)
    var journal = JournalLog.Configuration()
    journal.preallocation = 1 << 14
    let random = Locked(SeededGenerator(seed: plan.seed &* 193 &+ opening))
    journal.random = { random.withLock { $0.next() } }
    let store = try LocalStore(
      log: JournalLog(folder: "/store", configuration: journal, fileSystem: faults), configuration: configuration)
    state.withLock { state in
      state.disk = disk
      state.faults = faults
      state.store = seams.store(store)
    }
  }

  /// Looks whether the power has failed.
  private func look() {
    let cut = state.withLock { state -> (seed: UInt64, downtime: Duration)? in
      guard !state.isOut, !state.isOver, let disk = state.disk, !disk.hasPower else { return nil }
      state.isOut = true
      defer { state.powerCut = nil }
      return state.powerCut ?? (seed: plan.seed, downtime: .seconds(1))
    }
    guard let cut else { return }
    trace.note("the power fails")
    for running in state.withLock({ $0.slots }) { running.map(dismiss) }
    crew.begin {
      await self.time.wait(for: cut.downtime)
      await self.powerReturns(seed: cut.seed)
    }
  }

  private func powerReturns(seed: UInt64) async {
    state.withLock { $0.disk = $0.disk?.crash(seed: seed) }
    do {
      try openStore()
      trace.note("the power is back")
      try await checkWhatWasKept()
    } catch {
      observer.fail("P6", "the store does not come back after a power cut: \(error)")
    }
    state.withLock { $0.isOut = false }
    for place in 0..<plan.processes { start(place) }
  }

  // MARK: Processes

  /// Starts a process in a place that has none.
  func start(_ place: Int) {
    let number: Int? = state.withLock { state in
      guard !state.isOut, !state.isOver, state.slots[place] == nil else { return nil }
      defer { state.nextNumber += 1 }
      return state.nextNumber
    }
    guard let number else { return }
    trace.note("process \(number) starts")
    let process = SimulatedProcess(number, observer: observer) { [self] process in
      guard let running = state.withLock({ $0.slots[place] }), running.process === process else { return }
      dismiss(running)
      restart(place)
    }
    let store = ProcessStore(inner: store, process: process, weather: weather) { [self] in look() }
    var configuration = EngineConfiguration()
    configuration.owner = "process \(number)"
    let clock = ProcessClock(time: time, ahead: place < plan.clocks.count ? plan.clocks[place] : .zero)
    configuration.clock = clock
    configuration.tick = plan.engine.tick
    configuration.lease = plan.engine.lease
    configuration.claimSize = plan.engine.claimSize
    configuration.placeWithin = plan.engine.placeWithin
    let line: any Dialer = plan.clocksDiffer ? ListingDialer(inner: carrier, clock: clock) : carrier
    let dialer = ProcessDialer(
      inner: seams.dialer(line), process: process, store: self.store, carrier: carrier, ahead: clock.ahead)
    let engine = CampaignEngine(storage: store, dialer: dialer, configuration: configuration)
    let task = Task(executorPreference: time) { _ = try? await engine.run() }
    state.withLock { $0.slots[place] = Running(process: process, engine: engine, store: store, task: task) }
  }

  /// Ends a process at once.
  private func dismiss(_ running: Running) {
    running.process.end()
    running.task.cancel()
    state.withLock { state in
      for place in state.slots.indices where state.slots[place]?.process === running.process {
        state.slots[place] = nil
      }
    }
    crew.begin { await running.task.value }
  }

  private func restart(_ place: Int) {
    let downtime = state.withLock { $0.downtimes[place] }
    crew.begin {
      await self.time.wait(for: downtime)
      if !Task.isCancelled { self.start(place) }
    }
  }

  /// A process that lives, the same one for the same number as long as it does.
  func living(_ number: Int) -> Running? {
    let living = state.withLock { $0.slots }.compactMap(\.self)
    return living.isEmpty ? nil : living[number % living.count]
  }

  // MARK: Troubles

  func befall(_ trouble: SimulationPlan.Trouble) async {
    trace.note("trouble: \(trouble)")
    switch trouble {
    case .crash(let place, let operations, let hasEffect, let downtime):
      let running = state.withLock { state in
        state.downtimes[place] = downtime
        return state.slots[place]
      }
      running?.process.die(after: operations, hasEffect: hasEffect)
    case .stop(let place, let downtime):
      guard let running = state.withLock({ $0.slots[place] }) else { return }
      running.engine.stop()
      await running.task.value
      guard !Task.isCancelled, state.withLock({ $0.slots[place]?.process === running.process }) else { return }
      trace.note("process \(running.process.number) has stopped")
      dismiss(running)
      state.withLock { $0.downtimes[place] = downtime }
      restart(place)
    case .powerCut(let operations, let seed, let downtime):
      state.withLock { state in
        guard let disk = state.disk, !state.isOut else { return }
        state.powerCut = (seed, downtime)
        disk.powerOff(after: disk.operations + operations)
      }
      look()
    case .slowStore(let delay, let lasting): weather.slow(delay, lasting: lasting)
    case .refusingStore(let noRoom, let lasting):
      guard let faults = state.withLock({ $0.faults }) else { return weather.refuse(lasting: lasting) }
      let kind = noRoom ? FaultyFileSystem.Kind.write : .synchronize
      faults.fail(
        kind, number: faults.count(kind) + 1, with: noRoom ? .noRoom : .inputOutput, persistently: true)
      await time.wait(for: lasting)
      faults.heal()
    case .clockJump(let duration):
      time.jump(by: duration)
      observer.jumped(by: duration)
    case .carrierDown(let lasting):
      carrier.faults.unavailable = 1
      carrier.faults.failingLookUps = 1
      await time.wait(for: lasting)
      carrier.faults = plan.carrier.faults
    }
  }

  /// Lets no further trouble come.
  func heal() {
    weather.clear()
    var remaining = CarrierFaults.none
    remaining.canLookUp = plan.carrier.faults.canLookUp
    carrier.faults = remaining
    let (disk, faults, running) = state.withLock { ($0.disk, $0.faults, $0.slots.compactMap(\.self)) }
    faults?.heal()
    if disk?.hasPower == true { disk?.powerOff(after: .max) }
    for running in running { running.process.die(after: .max / 2, hasEffect: true) }
  }

  /// Ends everything.
  func end() async {
    let running = state.withLock { state in
      state.isOver = true
      return state.slots.compactMap(\.self)
    }
    for running in running {
      running.process.end()
      running.task.cancel()
    }
    await crew.dismiss()
    for running in running { await running.task.value }
  }
}
