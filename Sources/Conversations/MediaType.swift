// What kind of file some bytes are. Names lie and are often missing, so the content is asked first.

/// Media types of files that are sent along.
package enum MediaType {
  /// The type of a file, by its first bytes, else by being text, else by its name.
  ///
  /// Signatures: PNG (RFC 2083, 3.1), JPEG (ITU T.81, B.1.1), GIF (GIF89a, 17), WebP and WAVE (RIFF containers), PDF (ISO
  /// 32000, 7.5.2), MP3 (ID3v2.4, 3.1).
  /// - Complexity: O(*n*) in the bytes, once, to see whether they are text.
  package static func of(_ bytes: [UInt8], named name: String) -> String {
    for (start, type) in signatures where bytes.starts(with: start) { return type }
    if bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)) {
      switch String(decoding: bytes[8..<12], as: UTF8.self) {
      case "WEBP": return "image/webp"
      case "WAVE": return "audio/wav"
      default: break
      }
    }
    let suffix = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard isText(bytes) else { return binaryTypes[suffix] ?? "application/octet-stream" }
    return textTypes[suffix] ?? "text/plain"
  }

  /// Whether bytes are text that can be shown and sent as such: UTF-8 without NUL.
  package static func isText(_ bytes: [UInt8]) -> Bool {
    !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
  }

  private static let signatures: [([UInt8], String)] = [
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    ([0xFF, 0xD8, 0xFF], "image/jpeg"),
    (Array("GIF87a".utf8), "image/gif"),
    (Array("GIF89a".utf8), "image/gif"),
    (Array("%PDF-".utf8), "application/pdf"),
    (Array("ID3".utf8), "audio/mpeg"),
  ]

  private static let textTypes = [
    "csv": "text/csv", "htm": "text/html", "html": "text/html", "json": "application/json", "md": "text/markdown",
    "markdown": "text/markdown", "xml": "application/xml",
  ]

  private static let binaryTypes = [
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "mp3": "audio/mpeg", "mp4": "video/mp4", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ]
}

extension Attachment {
  /// A file by the last part of its path, its type found from its content.
  package init(path: String, bytes: [UInt8]) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    self.init(name: name, mediaType: MediaType.of(bytes, named: name), bytes: bytes)
  }
}
