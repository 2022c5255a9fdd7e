import Digests

/// A file to be imported. It is read twice, and again when an import that was cut off goes on, so it has to stay.
public struct ImportSource: Sendable {
  private enum Content {
    case file(String, any FileSystem)
    case bytes([UInt8])
  }

  /// What the file is called, for people.
  public let name: String
  private let content: Content

  /// A file on disk.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - name: What it is called, for people; the last part of its path unless told otherwise.
  ///   - files: Whose files; this machine's unless told otherwise.
  /// - Returns: The source; whether the file is there shows when it is read.
  public static func file(
    _ path: String, name: String? = nil, in files: any FileSystem = DiskFileSystem()
  ) -> ImportSource {
    ImportSource(
      name: name ?? path.split(separator: "/").last.map(String.init) ?? path, content: .file(path, files))
  }

  /// A file in memory.
  public static func bytes(_ bytes: [UInt8], name: String) -> ImportSource {
    ImportSource(name: name, content: .bytes(bytes))
  }

  private init(name: String, content: Content) {
    self.name = name
    self.content = content
  }

  func open() throws(ImportError) -> ImportPieces {
    switch content {
    case .bytes(let bytes): return ImportPieces(bytes)
    case .file(let path, let files):
      do throws(LogError) {
        return try ImportPieces(files.open(path, .read))
      } catch {
        throw ImportError(.sourceFailed, "the file could not be opened", cause: error)
      }
    }
  }

  /// Beginnings of files that people take for lists.
  private static let otherKinds: [(beginning: [UInt8], name: String)] = [
    (Array("PK\u{3}\u{4}".utf8), "a spreadsheet or an archive"), ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet"),
    (Array("%PDF".utf8), "a PDF"), (Array("{\\rtf".utf8), "a text document"), ([0x1F, 0x8B], "a compressed file"),
    (Array("<!doctype".utf8), "a page of the web"), (Array("<html".utf8), "a page of the web"),
    (Array("<?xml".utf8), "an XML file"),
  ]

  /// Refuses a file that begins as files of another kind do.
  func checkKind() throws(ImportError) {
    var pieces = try open()
    var beginning: [UInt8] = []
    _ = try pieces.next { beginning = $0.prefix(16).map { (65...90).contains($0) ? $0 | 0x20 : $0 } }
    for kind in Self.otherKinds {
      let sought = kind.beginning.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
      if beginning.starts(with: sought) {
        throw ImportError(.notCSV, "the file is \(kind.name); export the list as CSV and import that")
      }
    }
  }

  /// Reads the file once, so that one that cannot be read to its end is refused before anything is taken in.
  ///
  /// - Returns: A text that is the same for the same content, and hardly ever for another one, and a part of it.
  /// - Throws: An ``ImportError`` that says where the file is no CSV.
  func digest(checking configuration: CSVReader.Configuration) throws(ImportError) -> (text: String, sum: UInt64) {
    var pieces = try open()
    var reader = CSVReader(configuration)
    var sums = (Checksum64(), Checksum64(seed: 0x4C65_6164))
    var isRead = false
    while !isRead {
      isRead = try !pieces.next { bytes in
        sums.0.update(bytes)
        sums.1.update(bytes)
        reader.append(bytes)
      }
      if isRead { reader.finish() }
      do throws(CSVError) {
        while try reader.next() {}
      } catch {
        throw .unreadable(error)
      }
    }
    let sum = sums.0.finish()
    return ("\(hex(sum))\(hex(sums.1.finish()))-\(pieces.offset)", sum)
  }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Reads a file piece by piece, from its start to its end.
struct ImportPieces {
  static let size = 256 << 10

  /// How many bytes were read.
  private(set) var offset = 0
  /// How many bytes there are.
  let total: Int
  private let file: (any OpenFile)?
  private var buffer: [UInt8]

  init(_ bytes: [UInt8]) {
    file = nil
    buffer = bytes
    total = bytes.count
  }

  init(_ file: any OpenFile) throws(LogError) {
    self.file = file
    total = Int(clamping: try file.size())
    buffer = Array(repeating: 0, count: Self.size)
  }

  /// Lends the next piece; false when there is none.
  mutating func next(_ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError) -> Bool {
    guard let file else {
      let end = min(offset + Self.size, total)
      guard offset < end else { return false }
      buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset..<end])) }
      offset = end
      return true
    }
    let place = UInt64(offset)
    let count: Int
    do throws(LogError) {
      count = try buffer.withUnsafeMutableBufferPointer { buffer throws(LogError) in
        try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: place)
      }
    } catch {
      throw ImportError(.sourceFailed, "the file could not be read to its end", cause: error)
    }
    guard count > 0 else { return false }
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    offset += count
    return true
  }
}
