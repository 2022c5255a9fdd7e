public import CampaignKit

/// Makes the places in which a log is to be checked.
///
/// ```swift
/// struct MyHarness: LogHarness {
///   func makePlace() throws -> LogPlace {
///     let folder = try makeTemporaryFolder()
///     return LogPlace { MyLog(folder: folder) }
///   }
/// }
/// ```
public protocol LogHarness: Sendable {
  /// Makes a place in which there is no log yet, and which shares nothing with any other.
  func makePlace() throws -> LogPlace
}

/// A place where a log is kept, and what the checks need to do with it from outside.
public struct LogPlace: Sendable {
  /// A log at this place that is not open yet. Each call gives another one, as another process would have it.
  public var makeLog: @Sendable () throws -> any DurableLog
  /// Takes the power away; nil for a place that cannot lose it.
  public var power: Power?
  /// Changes a few of the bytes that are kept, chosen by a seed, while no log is open; nil if that is not possible.
  public var damage: (@Sendable (_ seed: UInt64) throws -> Void)?

  /// How a place loses power and what is found afterwards.
  public struct Power: Sendable {
    /// Lets the power go after so many further changes of what is kept; from then on every call fails.
    public var fail: @Sendable (_ changes: Int) -> Void
    /// The place as it is found when the power is back. What was not durable is there in part, chosen by a seed.
    public var restore: @Sendable (_ seed: UInt64) throws -> LogPlace
    /// The place as it is found when only the process has died: everything it wrote is there, and nobody owns it.
    public var kill: @Sendable () throws -> LogPlace

    /// Describes how power is lost, and how a process dies.
    public init(
      fail: @escaping @Sendable (_ changes: Int) -> Void,
      restore: @escaping @Sendable (_ seed: UInt64) throws -> LogPlace,
      kill: @escaping @Sendable () throws -> LogPlace
    ) {
      self.fail = fail
      self.restore = restore
      self.kill = kill
    }
  }

  /// Describes a place.
  ///
  /// - Parameters:
  ///   - power: How it loses power, if it can.
  ///   - damage: How its bytes are changed, if they can be.
  ///   - makeLog: Makes a log at this place.
  public init(
    power: Power? = nil, damage: (@Sendable (_ seed: UInt64) throws -> Void)? = nil,
    makeLog: @escaping @Sendable () throws -> any DurableLog
  ) {
    self.makeLog = makeLog
    self.power = power
    self.damage = damage
  }

  /// A folder in files in memory that lose power and can be damaged: for every log that is built on `FileSystem`.
  ///
  /// - Parameters:
  ///   - folder: The folder of the log, such as `/log`.
  ///   - disk: The files; new ones unless told otherwise.
  ///   - makeLog: Makes a log in that folder of the files it is given.
  /// - Returns: A place with both powers.
  public static func files(
    folder: String, on disk: LossyFileSystem = LossyFileSystem(),
    makeLog: @escaping @Sendable (any FileSystem) -> any DurableLog
  ) -> LogPlace {
    LogPlace(
      power: Power(
        fail: { disk.powerOff(after: disk.operations + $0) },
        restore: { .files(folder: folder, on: disk.crash(seed: $0), makeLog: makeLog) },
        kill: { .files(folder: folder, on: disk.restart(), makeLog: makeLog) }),
      damage: { try disk.damage(folder, seed: $0) },
      makeLog: { makeLog(disk) })
  }
}

extension LossyFileSystem {
  /// Changes one to eight bytes of one file of a folder.
  fileprivate func damage(_ folder: String, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let paths = try list(folder).map { folder + "/" + $0 }
    let filled = paths.filter { contents(of: $0)?.isEmpty == false }
    guard let path = filled.randomElement(using: &random), var bytes = contents(of: path) else { return }
    // Most of a file may be room that is reserved: aim at what was written.
    let written = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
    let start = Int.random(in: 0..<written, using: &random)
    for index in start..<min(bytes.count, start + Int.random(in: 1...8, using: &random)) {
      bytes[index] ^= UInt8.random(in: 1...255, using: &random)
    }
    setContents(bytes, of: path)
  }
}
