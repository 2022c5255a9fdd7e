// Coverage-guided fuzzing of the reader of telephone numbers: no text makes it trap, whatever it reads is a number of
// some plan, and every form that the number is written in reads back as the same number.

import CampaignKit

private let regions: [Region?] = [nil] + Region.all

/// Reads one text that the fuzzer made.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeBufferPointer(start: start, count: count)
  // The first byte names the default region.
  guard let first = input.first else { return 0 }
  let region = regions[Int(first) % regions.count]
  let text = UnsafeBufferPointer(rebasing: input.dropFirst())
  guard let parsed = try? PhoneNumber.parse(utf8: text, defaultRegion: region) else { return 0 }
  let number = parsed.number
  precondition(number.isAssignable && number.region != nil && number.kind != nil, "no plan has \(number)")
  precondition(number.timeZones.allSatisfy { !$0.isEmpty }, "\(number) has a zone without a name")
  for form in [number.description, number.international] {
    precondition((try? PhoneNumber.parse(form))?.number == number, "\(number) does not read back from \(form)")
  }
  return 0
}
