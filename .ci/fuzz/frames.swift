import WebSocketFrames

/// Frames: no cut may change what is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let first = bytes.first else { return 0 }
  let input = Array(bytes.dropFirst())
  let cut = min(input.count, Int(first & 0x7F))
  let role: WebSocketReader.Role = first & 0x80 == 0 ? .server : .client
  let whole = read([input], role)
  let pieces = read([Array(input[..<cut]), Array(input[cut...])], role)
  precondition(pieces.0 == whole.0 && pieces.1 == whole.1, "a cut at \(cut) changes what is read")
  return 0
}

func read(_ pieces: [[UInt8]], _ role: WebSocketReader.Role) -> ([WebSocketReader.Event], UInt16?) {
  var reader = WebSocketReader(role: role, maximumMessageBytes: 1000)
  var events: [WebSocketReader.Event] = []
  for piece in pieces {
    var start = 0
    do {
      while let event = try reader.next(piece, from: &start, to: piece.count) { events.append(event) }
    } catch {
      return (events, error.code.code)
    }
  }
  return (events, nil)
}
