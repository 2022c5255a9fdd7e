extension StorageConformance {
  static let sequences: [Promise] = []
}
