/// The file operations that a journal is built on.
///
/// ``DiskFileSystem`` is the real one. Tests put another in its place: `CampaignTesting` has one that loses
/// power and one that fails at the nth operation.
///
/// ## What an implementation promises
///
/// - An error is a ``LogError`` that names the file. A device without room gives ``LogError/Code/full``, a lock
///   that somebody else holds ``LogError/Code/locked``, anything else ``LogError/Code/failed`` with the number
///   of the operating system in ``LogError/systemError``.
/// - Names of files (creations, renames, removals) are durable once ``synchronizeDirectory(_:_:)`` has
///   returned, and only then. Whatever is durable in the end, a rename happens whole or not at all.
/// - All methods may be called from any thread.
public protocol FileSystem: Sendable {
  /// Creates one directory; its parent must exist. Does nothing when the directory is there already.
  func createDirectory(_ path: String) throws(LogError)

  /// Names everything in a directory, in no order, without the entries for itself and its parent.
  func list(_ path: String) throws(LogError) -> [String]

  /// Opens a file.
  func open(_ path: String, _ mode: OpenMode) throws(LogError) -> any OpenFile

  /// Gives a file another name, in the place of any file that has it.
  func rename(_ path: String, to newPath: String) throws(LogError)

  /// Removes a file. Whoever has it open can go on using it.
  func remove(_ path: String) throws(LogError)

  /// Makes the names in a directory durable.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - point: The place in the journal's code, for tests that leave one out.
  /// - Throws: A ``LogError`` when nothing is known about what is durable.
  func synchronizeDirectory(_ path: String, _ point: SyncPoint) throws(LogError)
}

/// How a file is opened.
public enum OpenMode: Sendable, Hashable {
  /// An existing file, for reading.
  case read
  /// An existing file, for reading and writing.
  case readWrite
  /// A file for reading and writing, created empty if it is not there.
  case create
  /// A new file for reading and writing; fails when the name is taken.
  case createNew
}

/// An open file, read and written by position.
///
/// ## What an implementation promises
///
/// - What is written can be read at once, and is durable once ``synchronizeData(_:)`` has returned, together
///   with the size that is needed to read it. After a synchronization that failed, nothing is known.
/// - Letting go of the last reference closes the file and gives up its lock.
public protocol OpenFile: AnyObject, Sendable {
  /// Returns the size in bytes.
  func size() throws(LogError) -> UInt64

  /// Reads up to the size of `buffer`; fewer bytes only at the end of the file.
  ///
  /// - Returns: How many bytes were read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(LogError) -> Int

  /// Writes all bytes, in one operation where the system allows it.
  ///
  /// When this throws, any part of the bytes may have been written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LogError)

  /// Makes the file at least `size` bytes long, reserving the room; what is added reads as zeros.
  ///
  /// Writing there later needs no room and changes no metadata, as far as the system can do that.
  func preallocate(_ size: UInt64) throws(LogError)

  /// Cuts the file to `size` bytes. If it grows again, what was cut reads as zeros.
  func truncate(to size: UInt64) throws(LogError)

  /// Makes everything written so far durable.
  ///
  /// - Parameter point: The place in the journal's code, for tests that leave one out.
  /// - Throws: A ``LogError`` when nothing is known about what is durable.
  func synchronizeData(_ point: SyncPoint) throws(LogError)

  /// Whether a path still leads to this file: false when the name is gone, or belongs to another file by now.
  func isStill(at path: String) throws(LogError) -> Bool

  /// Locks the file for this opener, until it is closed or the process ends, however that happens.
  ///
  /// Throws ``LogError/Code/locked`` at once when another opener has it, be it in this process.
  func lock() throws(LogError)

  /// Closes the file and gives up its lock. A second call does nothing; any other use afterwards fails.
  func close() throws(LogError)
}

/// A place in the journal's code where something is made durable.
///
/// A file system is told which one it is at. The real one does not care; tests leave out one at a time, lose
/// power and expect the loss to be noticed, so that none of them is there for nothing.
public struct SyncPoint: Sendable, Hashable, CustomStringConvertible {
  /// The name of the place.
  public let description: String

  /// Names a place of one's own.
  public init(_ description: String) {
    self.description = description
  }

  /// The folder that holds the log's folder, after the log's folder was created.
  public static let parentFolder = SyncPoint("parentFolder")
  /// A journal's header, before anything is appended to that journal.
  public static let journalHeader = SyncPoint("journalHeader")
  /// The folder, after a journal was created in it and before it is used.
  public static let journalName = SyncPoint("journalName")
  /// A batch that is appended durably.
  public static let append = SyncPoint("append")
  /// All batches, when the owner asks for it.
  public static let synchronize = SyncPoint("synchronize")
  /// The old journal, while batches still go to it, before they go to the next one.
  public static let aheadOfSwitch = SyncPoint("aheadOfSwitch")
  /// The old journal once more, for what came meanwhile, before batches go to the next one.
  public static let beforeSwitch = SyncPoint("beforeSwitch")
  /// The folder, after a journal that could not be started was removed.
  public static let abandonedJournal = SyncPoint("abandonedJournal")
  /// A snapshot's bytes, before it gets its name.
  public static let snapshotData = SyncPoint("snapshotData")
  /// The folder, after a snapshot got its name and before what it replaces is removed.
  public static let snapshotName = SyncPoint("snapshotName")
  /// The last journal, when a log is opened: what its owner is told is there must stay there.
  public static let reopenedJournal = SyncPoint("reopenedJournal")
  /// The folder, when a log is opened: the names found may have been made by a process that died.
  public static let reopenedFolder = SyncPoint("reopenedFolder")
  /// A journal whose torn end was cut off, before anything is appended where it was.
  public static let cut = SyncPoint("cut")
  /// All batches, when the log is closed, before the mark that says so.
  public static let close = SyncPoint("close")
  /// The mark of an orderly close.
  public static let closeMark = SyncPoint("closeMark")

  /// Every place there is in the journal.
  public static let all: [SyncPoint] = [
    .parentFolder, .journalHeader, .journalName, .append, .synchronize, .aheadOfSwitch, .beforeSwitch,
    .abandonedJournal, .snapshotData, .snapshotName, .reopenedJournal, .reopenedFolder, .cut, .close, .closeMark,
  ]
}
