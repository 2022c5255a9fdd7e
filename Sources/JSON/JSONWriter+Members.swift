/// A key and its value in one call.
extension JSONWriter {
  /// Writes a member that is a string.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The text.
  public mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is an integer.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The integer.
  public mutating func member(_ name: String, _ value: Int) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is an integer of 64 bits.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The integer.
  public mutating func member(_ name: String, _ value: Int64) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is an unsigned integer of 64 bits.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The integer.
  public mutating func member(_ name: String, _ value: UInt64) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is a floating-point value; one that JSON has no number for becomes `null`.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The value.
  public mutating func member(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is true or false.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The truth.
  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is any value.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The value.
  public mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  /// Writes a member that is an object.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: The object.
  public mutating func member(_ name: String, _ value: JSONObject) {
    key(name)
    self.value(value)
  }
}
