import CSockets
import Locks
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Something with a descriptor that a loop watches. Every method is called on the loop's thread.
protocol Watched: AnyObject {
  var descriptor: Int32 { get }

  /// The socket can go on.
  func ready(_ readiness: Readiness)

  /// Some time has passed: look at what has taken too long.
  func tick(_ now: Moment)

  /// All that the current round had to do is done: write what has been gathered.
  func roundEnded()
}

/// One thread that serves sockets and runs the tasks that prefer it.
///
/// A round runs the jobs that have gathered, lets whoever asked for it write, and waits for sockets. Tasks are
/// started with the loop as their executor, so a handler that waits for nothing outside never leaves the thread.
///
/// `@unchecked`: everything but `inbox` and `thread` is touched by the loop's own thread alone, from `run()` on down;
/// `isCurrent` tells, and what comes from other threads goes through the inbox.
final class EventLoop: TaskExecutor, @unchecked Sendable {
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var calls: [@Sendable () -> Void] = []
    /// Whether the loop has been woken and has not come by yet.
    var isAnnounced = false
  }

  private let inbox = Locked(Inbox())
  private let thread = Atomic<UInt>(0)

  // Not watched for overlapping accesses, as in `Connection` and for the same reason: one thread, and what is lent out
  // goes to system calls and methods of arrays, which do not come back here. Jobs and connections run on copies.
  @exclusivity(unchecked) private var poller: Poller
  @exclusivity(unchecked) private var jobs: [UnownedJob] = []
  @exclusivity(unchecked) private var watched: [Watched?] = []
  private(set) var watchedCount = 0
  @exclusivity(unchecked) private var roundEnders: [Watched] = []
  @exclusivity(unchecked) private var ready: [Ready] = []
  private var isStopping = false
  private var nextTick = Moment(nanoseconds: 0)

  /// How often time-outs are looked at.
  private let tickInterval: Int64

  /// Tasks that answer requests, and those that wait for the next.
  private var taskCount = 0
  @exclusivity(unchecked) private var idleTasks: [HandlerTask] = []

  /// When the current round began.
  private(set) var now = Moment.current()
  /// The `Date` field of the current second, with its line end.
  private(set) var dateLine: [UInt8] = []
  private var dateSecond = -1

  @exclusivity(unchecked) private var spareBuffers: [[UInt8]] = []
  @exclusivity(unchecked) private var spareOutputs: [[UInt8]] = []

  init(tickInterval: Duration) throws(SocketError) {
    poller = try Poller()
    self.tickInterval = max(1_000_000, tickInterval.nanoseconds)
    readClocks()
  }

  /// Starts the thread.
  func start() throws(SocketError) {
    let context = Unmanaged.passRetained(self)
    #if canImport(Darwin)
      var handle: pthread_t?
      let code = pthread_create(&handle, nil, { EventLoop.enter($0) }, context.toOpaque())
    #else
      var handle = pthread_t()
      let code = pthread_create(&handle, nil, { $0.flatMap { EventLoop.enter($0) } }, context.toOpaque())
    #endif
    guard code == 0 else {
      context.release()
      throw SocketError("start a thread", code: code)
    }
    #if canImport(Darwin)
      if let handle { pthread_detach(handle) }
    #else
      pthread_detach(handle)
    #endif
  }

  private static func enter(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }

  private static var currentThread: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }

  /// Whether the caller is on the loop's thread.
  var isCurrent: Bool { thread.load(ordering: .relaxed) == Self.currentThread }

  // MARK: Work from outside

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
    } else {
      send { $0.jobs.append(job) }
    }
  }

  /// Runs a closure on the loop's thread, soon.
  func execute(_ call: @escaping @Sendable () -> Void) {
    send { $0.calls.append(call) }
  }

  /// Runs a piece of work on the loop's thread and waits for it.
  func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async rethrows -> Value {
    try await withTaskExecutorPreference(self) { try await work() }
  }

  private func send(_ change: (inout Inbox) -> Void) {
    let wasAnnounced = inbox.withLock { inbox in
      change(&inbox)
      let wasAnnounced = inbox.isAnnounced
      inbox.isAnnounced = true
      return wasAnnounced
    }
    if !wasAnnounced { poller.wake() }
  }

  private func takeInbox() {
    let taken = inbox.withLock { inbox in
      let taken = inbox
      if taken.isAnnounced { inbox = Inbox() }
      return taken
    }
    guard taken.isAnnounced else { return }
    jobs.append(contentsOf: taken.jobs)
    for call in taken.calls { call() }
  }

  // MARK: The thread

  private func run() {
    thread.store(Self.currentThread, ordering: .relaxed)
    while true {
      takeInbox()
      runJobs()
      endRound()
      if isStopping, taskCount == 0, watchedCount == 0, jobs.isEmpty { break }
      poller.wait(timeout, into: &ready)
      readClocks()
      for event in ready { watched(event.descriptor)?.ready(event.readiness) }
      ready.removeAll(keepingCapacity: true)
      if now >= nextTick {
        nextTick = now.advanced(by: tickInterval)
        for target in watched { target?.tick(now) }
      }
    }
  }

  /// Runs what is there now. What these jobs add comes in the next round, so sockets are never starved.
  private func runJobs() {
    guard !jobs.isEmpty else { return }
    var batch: [UnownedJob] = []
    // A few turns at once: most handlers are over after two, and need no further look at the sockets.
    for _ in 0..<4 where !jobs.isEmpty {
      swap(&batch, &jobs)
      for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
      batch.removeAll(keepingCapacity: true)
    }
    if jobs.isEmpty { swap(&batch, &jobs) }
  }

  private func endRound() {
    while !roundEnders.isEmpty {
      let enders = roundEnders
      roundEnders.removeAll(keepingCapacity: true)
      for ender in enders { ender.roundEnded() }
    }
  }

  private var timeout: Int32 {
    if !jobs.isEmpty { return 0 }
    if watchedCount == 0 { return -1 }
    return Int32(clamping: (nextTick.nanoseconds &- now.nanoseconds) / 1_000_000 + 1).clamped(to: 0...60_000)
  }

  private func readClocks() {
    now = Moment.current()
    let second = Moment.wallSeconds()
    guard second != dateSecond else { return }
    dateSecond = second
    dateLine = Array("Date: \(HTTPDate.text(seconds: second))\r\n".utf8)
  }

  // MARK: On the thread

  /// Watches a descriptor until `unwatch`; false when the system has no room for it.
  func watch(_ target: Watched) -> Bool {
    let index = Int(target.descriptor)
    guard poller.add(target.descriptor) else { return false }
    while watched.count <= index { watched.append(nil) }
    if watched[index] == nil { watchedCount += 1 }
    watched[index] = target
    return true
  }

  /// Forgets a descriptor; before it is closed.
  func unwatch(_ target: Watched) {
    guard watched(target.descriptor) === target else { return }
    poller.remove(target.descriptor)
    watched[Int(target.descriptor)] = nil
    watchedCount -= 1
  }

  private func watched(_ descriptor: Int32) -> Watched? {
    let index = Int(descriptor)
    return watched.indices.contains(index) ? watched[index] : nil
  }

  /// Everything that is watched.
  var allWatched: [Watched] { watched.compactMap { $0 } }

  /// Calls `roundEnded` once, after what is being done now.
  func atRoundEnd(_ target: Watched) { roundEnders.append(target) }

  /// Ends the thread when nothing is watched any more and every task has ended.
  func stop() {
    isStopping = true
    for task in idleTasks { task.wake(for: nil) }
    idleTasks = []
  }

  // MARK: Tasks

  /// Answers a request in a task, soon.
  func begin(_ work: HandlerTask.Work) -> HandlerTask {
    taskCount += 1
    guard let task = idleTasks.popLast() else { return HandlerTask(work, on: self) }
    task.wake(for: work)
    return task
  }

  /// A task has done its work; whether it is to wait for more.
  func takesBack(_ task: HandlerTask, isUsable: Bool) -> Bool {
    taskCount -= 1
    guard isUsable, !isStopping, idleTasks.count < 64 else { return false }
    idleTasks.append(task)
    return true
  }

  // MARK: Buffers

  /// Bytes of a buffer from the pool.
  static let bufferSize = 16 << 10

  /// A buffer of `bufferSize` bytes, whose content means nothing.
  func takeBuffer() -> [UInt8] {
    spareBuffers.popLast() ?? [UInt8](repeating: 0, count: Self.bufferSize)
  }

  /// Gives a buffer back for others; one that has grown is let go.
  func giveBack(_ buffer: consuming [UInt8]) {
    if buffer.count == Self.bufferSize, spareBuffers.count < 64 { spareBuffers.append(buffer) }
  }

  /// An empty array with room for what is to be written.
  func takeOutput() -> [UInt8] {
    if let spare = spareOutputs.popLast() { return spare }
    var fresh: [UInt8] = []
    fresh.reserveCapacity(Self.bufferSize)
    return fresh
  }

  /// Gives back an array that is written; one that has grown large is let go.
  func giveBackOutput(_ output: consuming [UInt8]) {
    guard output.capacity <= 2 * Self.bufferSize, spareOutputs.count < 64 else { return }
    output.removeAll(keepingCapacity: true)
    spareOutputs.append(output)
  }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
