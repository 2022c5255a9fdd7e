@testable import WebServer

/// Forms with files: no cut may change what is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let first = bytes.first else { return 0 }
  let input = Array(bytes.dropFirst())
  let cut = min(input.count, Int(first))
  let whole = MultipartForms.read([input])
  let pieces = MultipartForms.read([Array(input[..<cut]), Array(input[cut...])])
  precondition(pieces == whole, "a cut at \(cut) changes what is read")
  if input.count < 512 {
    precondition(MultipartForms.read(input.map { [$0] }) == whole, "single bytes change what is read")
  }
  _ = HeaderParameters(input)
  return 0
}
