import CampaignKit

/// Reads lines of a telephone number, a tab and a default region (`ZZ` for none), and writes for each the number,
/// its region, its kind and its time zones, with tabs between them.
func inspectPhones(_ arguments: [String]) throws {
  guard arguments.isEmpty else { throw Misuse(reason: "the numbers come from standard input") }
  while let line = readLine() {
    let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
    let region = fields.count > 1 ? Region(String(fields[1])) : nil
    print(phoneLine(fields.first ?? "", region))
  }
}

private func phoneLine(_ text: Substring, _ region: Region?) -> String {
  do throws(PhoneNumberError) {
    let number = try PhoneNumber.parse(text, defaultRegion: region).number
    let zones = number.timeZones.joined(separator: ";")
    let fields = [number.description, number.region?.description ?? "", number.kind.map(name) ?? ""]
    return (fields + [zones.isEmpty ? "Etc/Unknown" : zones]).joined(separator: "\t")
  } catch {
    return "INVALID\t\t\t"
  }
}

private func name(_ kind: PhoneNumber.Kind) -> String {
  switch kind {
  case .fixed: "FIXED_LINE"
  case .mobile: "MOBILE"
  case .fixedOrMobile: "FIXED_LINE_OR_MOBILE"
  case .tollFree: "TOLL_FREE"
  case .premium: "PREMIUM_RATE"
  case .sharedCost: "SHARED_COST"
  case .personal: "PERSONAL_NUMBER"
  case .voip: "VOIP"
  case .pager: "PAGER"
  case .company: "UAN"
  case .voicemail: "VOICEMAIL"
  }
}
