// The members of a JSON object in the order in which they were written. Keys are compared byte for byte: two keys that
// differ only in their Unicode normalisation are different to JSON, and would be equal as Swift strings.

/// An ordered list of members without duplicate keys.
package struct JSONObject: Equatable, Sendable {
  /// A key and its value.
  package struct Member: Equatable, Sendable {
    /// The key, escapes resolved.
    package var key: String
    /// The value.
    package var value: JSONValue

    /// A member.
    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The members, in order.
  package private(set) var members: [Member]

  /// An object of these members; where a key comes again, the last value stands at the place of the first.
  ///
  /// - Complexity: O(*n*) in the number of members.
  package init(_ members: [Member] = []) {
    self.members = members
    guard members.count > 1 else { return }
    if members.count <= 8 {
      for (index, member) in members.enumerated()
      where members[..<index].contains(where: { Self.areEqual($0.key, member.key) }) {
        self.members = Self.withoutDuplicates(members)
        return
      }
    } else {
      let unique = Self.withoutDuplicates(members)
      if unique.count != members.count { self.members = unique }
    }
  }

  /// The value of the member with exactly this key; setting nil removes it, setting a new one appends it.
  ///
  /// - Complexity: O(*n*) in the number of members.
  package subscript(key: String) -> JSONValue? {
    get { members.first { Self.areEqual($0.key, key) }?.value }
    set {
      let index = members.firstIndex { Self.areEqual($0.key, key) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Lays the members of `other` over this object, objects inside objects too.
  ///
  /// - Complexity: O(*n* + *m*) in the numbers of members.
  package mutating func merge(_ other: JSONObject) {
    var places: [ExactKey: Int] = [:]
    for (index, member) in members.enumerated() { places[ExactKey(key: member.key)] = index }
    for member in other.members {
      if let place = places[ExactKey(key: member.key)] {
        members[place].value = members[place].value.merging(member.value)
      } else {
        members.append(member)
      }
    }
  }

  private static func withoutDuplicates(_ members: [Member]) -> [Member] {
    var places: [ExactKey: Int] = [:]
    var unique: [Member] = []
    unique.reserveCapacity(members.count)
    for member in members {
      if let place = places[ExactKey(key: member.key)] {
        unique[place].value = member.value
      } else {
        places[ExactKey(key: member.key)] = unique.count
        unique.append(member)
      }
    }
    return unique
  }

  private static func areEqual(_ key: String, _ other: String) -> Bool { key.utf8.elementsEqual(other.utf8) }

  /// A key that is equal to another only if its bytes are.
  private struct ExactKey: Hashable {
    let key: String

    static func == (key: ExactKey, other: ExactKey) -> Bool { areEqual(key.key, other.key) }

    func hash(into hasher: inout Hasher) {
      var key = key
      key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}
