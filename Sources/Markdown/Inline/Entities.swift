// Character references (CommonMark 0.31.2 section 2.5). Stands in until the table of names is there: numbers only.

enum Entities {
  static func decode(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (text: [UInt8], length: Int)? {
    guard index + 3 < bytes.count, bytes[index + 1] == UInt8(ascii: "#") else { return nil }
    var position = index + 2
    let isHexadecimal = bytes[position] | 0x20 == UInt8(ascii: "x")
    if isHexadecimal { position += 1 }
    let start = position
    var value: UInt32 = 0
    while position < bytes.count, position - start < 7,
      let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, isHexadecimal || digit < 10
    {
      value = value * (isHexadecimal ? 16 : 10) + UInt32(digit)
      position += 1
    }
    guard position > start, position < bytes.count, bytes[position] == UInt8(ascii: ";") else { return nil }
    let scalar = value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
    return (Array(String(scalar).utf8), position + 1 - index)
  }
}
