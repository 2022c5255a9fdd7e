import CampaignKit
import JSON

// A dialect may have to give back something that the model has no place for. It keeps that in the metadata under its
// own name with a `$` before it, where no other dialect shows it.
extension Campaign {
  /// The metadata as the owner of the campaign gave it.
  var ownMetadata: JSONObject {
    get { JSONObject(metadata.filter { !$0.key.hasPrefix("$") }) }
    set {
      let kept = metadata.filter { $0.key.hasPrefix("$") }
      metadata = JSONObject(newValue.filter { !$0.key.hasPrefix("$") } + kept)
    }
  }

  /// What a dialect keeps for itself.
  func privateMetadata(of dialect: String) -> JSONObject { metadata["$" + dialect]?.object ?? [:] }

  /// Changes what a dialect keeps for itself.
  mutating func keep(_ values: JSONObject, for dialect: String) {
    metadata["$" + dialect] = values.isEmpty ? nil : .object(values)
  }
}

extension Schema {
  /// An object of the owner's, whose members have no `$` before their names.
  static var ownMetadata: Schema {
    freeObject.described("Whatever its owner wants to keep with it; members whose names begin with $ are left out.")
  }
}
