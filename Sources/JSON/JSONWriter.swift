/// A document that is written by hand, value after value, and ends as one array of bytes.
///
/// Commas, colons, quotes and escapes are the writer's business. Text, keys and numbers cannot break the
/// document, and a call that has no place in it, such as a member in an array, stops the program with a sentence:
/// it is a mistake in the code, never in the data. Nothing is allocated for a value; the document is written into one
/// piece of memory, and becomes an array at its end.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.member("id", lead.id)
/// writer.key("tags")
/// writer.beginArray()
/// for tag in lead.tags { writer.value(tag) }
/// writer.endArray()
/// writer.endObject()
/// let body = writer.finish()
/// ```
///
/// That keys of one object differ is left to the caller.
public struct JSONWriter: ~Copyable, Sendable {
  private enum State: Sendable {
    case root, firstElement, nextElement, firstKey, nextKey, memberValue, finished
  }

  private var output: JSONBuffer
  /// What was there before, and what the document is added to at its end.
  private var bytes: [UInt8]
  private var state = State.root
  /// One bit for each level around the current one, the innermost lowest; set for an object.
  private var kinds: UInt64 = 0
  /// Bits of levels that no longer fit into `kinds`, 64 at a time.
  private var outerKinds: [UInt64] = []
  private var depth = 0

  /// Creates a writer of a document that stands alone.
  ///
  /// - Parameter capacity: Bytes to make room for at once.
  public init(capacity: Int = 512) {
    output = JSONBuffer(capacity: capacity)
    bytes = []
  }

  /// Creates a writer that appends to bytes that are there already, such as the head of an answer.
  ///
  /// - Parameter bytes: What comes before the document; its spare capacity is used.
  public init(appendingTo bytes: consuming [UInt8]) {
    output = JSONBuffer()
    self.bytes = bytes
  }

  /// Bytes written so far, with what was there before.
  public var count: Int { bytes.count + output.count }

  /// Ends writing and gives the bytes; every object and array must have been ended, and a value been written.
  ///
  /// - Returns: What was there before, followed by one complete document.
  public consuming func finish() -> [UInt8] {
    precondition(state == .finished, "The document is not complete: write its value, and end what was begun.")
    guard bytes.capacity > 0 else { return output.bytes() }
    output.append(to: &bytes)
    return bytes
  }

  // MARK: Structure

  /// Begins an object; members follow.
  public mutating func beginObject() {
    begin(0x7B)
    kinds |= 1
    state = .firstKey
  }

  /// Ends the innermost object.
  public mutating func endObject() {
    precondition(state == .firstKey || state == .nextKey, "No object can end here: give the key its value first.")
    output.append(byte: 0x7D)
    end()
  }

  /// Begins an array; values follow.
  public mutating func beginArray() {
    begin(0x5B)
    state = .firstElement
  }

  /// Ends the innermost array.
  public mutating func endArray() {
    precondition(state == .firstElement || state == .nextElement, "No array can end here: end what is inside it first.")
    output.append(byte: 0x5D)
    end()
  }

  /// Writes a key of the innermost object; its value must follow.
  ///
  /// - Parameter name: The key.
  public mutating func key(_ name: String) {
    precondition(
      state == .firstKey || state == .nextKey,
      "A key has no place here: keys belong into an object, each with one value.")
    output.append(name, comma: state == .nextKey, colon: true)
    state = .memberValue
  }

  // MARK: Values

  /// Writes a string.
  ///
  /// - Parameter value: The text.
  public mutating func value(_ value: String) {
    output.append(value, comma: separates())
  }

  /// Writes an integer.
  ///
  /// - Parameter value: The integer.
  public mutating func value(_ value: Int) {
    output.append(Int64(value), comma: separates())
  }

  /// Writes an integer of 64 bits.
  ///
  /// - Parameter value: The integer.
  public mutating func value(_ value: Int64) {
    output.append(value, comma: separates())
  }

  /// Writes an unsigned integer of 64 bits.
  ///
  /// - Parameter value: The integer.
  public mutating func value(_ value: UInt64) {
    output.append(value, comma: separates())
  }

  /// Writes a floating-point value in its shortest form; one that JSON has no number for becomes `null`.
  ///
  /// - Parameter value: The value.
  public mutating func value(_ value: Double) {
    separate()
    output.append(value)
  }

  /// Writes one of the words `true` and `false`.
  ///
  /// - Parameter value: The truth.
  public mutating func value(_ value: Bool) {
    output.append(value, comma: separates())
  }

  /// Writes a number as it is.
  ///
  /// - Parameter value: The number.
  public mutating func value(_ value: JSONNumber) {
    separate()
    output.append(value)
  }

  /// Writes any value, with all that is inside it.
  ///
  /// - Parameter value: The value.
  public mutating func value(_ value: JSONValue) {
    separate()
    JSONSerializer().append(value, to: &output, depth: 0)
  }

  /// Writes an object, with all that is inside it.
  ///
  /// - Parameter value: The object.
  public mutating func value(_ value: JSONObject) { self.value(.object(value)) }

  /// Writes `null`.
  public mutating func null() {
    output.appendNull(comma: separates())
  }

  // MARK: State

  /// Whether a comma stands before the value that comes; refuses one that has no place.
  @inline(__always)
  private mutating func separates() -> Bool {
    switch state {
    case .firstElement: state = .nextElement
    case .nextElement: return true
    case .memberValue: state = .nextKey
    case .root: state = .finished
    case .firstKey, .nextKey, .finished: Self.refuseValue()
    }
    return false
  }

  /// Puts a comma before a value that is written apart from it, where it needs one.
  @inline(__always)
  private mutating func separate() {
    if separates() { output.append(byte: 0x2C) }
  }

  @inline(never)
  private static func refuseValue() -> Never {
    preconditionFailure("A value has no place here: in an object it needs a key, and a document has only one.")
  }

  @inline(__always)
  private mutating func begin(_ bracket: UInt8) {
    output.append(byte: bracket, comma: separates())
    if depth & 63 == 63 {
      outerKinds.append(kinds)
      kinds = 0
    }
    kinds <<= 1
    depth &+= 1
  }

  @inline(__always)
  private mutating func end() {
    depth &-= 1
    kinds >>= 1
    if depth & 63 == 63 { kinds = outerKinds.popLast() ?? 0 }
    state = depth == 0 ? .finished : kinds & 1 == 1 ? .nextKey : .nextElement
  }
}
