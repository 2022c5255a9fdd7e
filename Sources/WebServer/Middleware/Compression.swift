import Deflate

extension Middleware {
  /// Compresses answers with gzip for clients that take it, where it is worth its time.
  ///
  /// Compressed are answers whose content is there as a whole, is of a kind that shrinks, and has at least 1 KiB; parts
  /// of files, and what is encoded already, stay as they are. An `ETag` becomes a weak one, since the bytes are others.
  ///
  /// Do not put it in front of answers that hold a secret beside text that somebody else has chosen: their length
  /// would tell of the secret.
  ///
  /// - Parameters:
  ///   - least: Fewest bytes of content.
  ///   - most: Most bytes; compressing takes the loop's thread for about 20 milliseconds for each MiB.
  /// - Returns: The middleware.
  public static func gzip(least: Int = 1024, most: Int = 1 << 20) -> Middleware {
    after { request, response in
      guard case .bytes(let bytes) = response.body, (least...max(least, most)).contains(bytes.count),
        response.status != .partialContent, response.fields["Content-Encoding"] == nil,
        shrinks(response.contentType ?? response.fields["Content-Type"] ?? "")
      else { return }
      response.fields.addMember("Accept-Encoding", to: "Vary")
      guard AcceptEncoding.takesGzip(request.values(of: "Accept-Encoding")) else { return }
      let compressed = Gzip.compress(bytes)
      guard compressed.count < bytes.count else { return }
      response.body = .bytes(compressed)
      response.fields["Content-Encoding"] = "gzip"
      if let tag = response.fields["ETag"], !tag.hasPrefix("W/") { response.fields["ETag"] = "W/" + tag }
    }
  }

  private static func shrinks(_ contentType: String) -> Bool {
    let kind = HeaderParameters(contentType.utf8)?.value ?? ""
    return kind.hasPrefix("text/") && kind != "text/event-stream" || kind.hasSuffix("+json") || kind.hasSuffix("+xml")
      || ["application/json", "application/javascript", "application/xml", "application/wasm", "application/yaml"]
        .contains(kind)
  }
}

/// What a client says of encodings.
enum AcceptEncoding {
  static func takesGzip(_ values: [String]) -> Bool {
    var any: Bool?
    for value in values {
      for member in FieldList(ArraySlice(value.utf8)) {
        guard let coding = HeaderParameters(member) else { continue }
        let isTaken = coding.text("q").map { (Double($0) ?? 0) > 0 } ?? true
        if coding.value == "gzip" || coding.value == "x-gzip" { return isTaken }
        if coding.value == "*" { any = isTaken }
      }
    }
    return any ?? false
  }
}
