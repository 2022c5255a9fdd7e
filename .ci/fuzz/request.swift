@testable import WebServer

/// Requests: no cut may change what is read, and nothing may be read twice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let first = bytes.first else { return 0 }
  let input = Array(bytes.dropFirst())
  let cut = min(input.count, Int(first))
  let whole = Reading.of([input])
  precondition(
    Reading.of([Array(input[..<cut]), Array(input[cut...])]) == whole, "a cut at \(cut) changes what is read")
  if input.count < 512 { precondition(Reading.of(input.map { [$0] }) == whole, "single bytes change what is read") }
  return 0
}
