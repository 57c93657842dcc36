// Where a provider's key comes from, and how a missing one is told. Reading variables, commands and files is the
// plug's; what it read is judged here, so that the rules and the words stand in one place.

package import Diagnostics

/// Where to find an API key.
package enum CredentialSource: Equatable, Sendable {
  case none
  /// An environment variable.
  case environment(name: String)
  /// A program and its arguments; its first and only line is the key. Never a shell.
  case command([String])
  /// A file whose only line is the key. `~/` is the home folder; other relative paths begin at the configuration's
  /// folder.
  case file(path: String)
  /// The key itself, written into the configuration.
  case inline(Secret)

  /// The longest text accepted from a command or a file, in bytes.
  package static let maximumBytes = 16 << 10
  /// How long a command may take.
  package static let commandTimeout = Duration.seconds(10)

  /// The source in words that follow "from": `the variable LAB_KEY`, `the command pass`. Never the key, never
  /// arguments.
  package var description: String {
    switch self {
    case .none: "nowhere"
    case .environment(let name): "the variable \(name)"
    case .command(let words): "the command \(words.first?.onOneLine ?? "")"
    case .file(let path): "the file \(path.onOneLine)"
    case .inline: "the configuration"
    }
  }

  /// The key in what the source gave: one line, without blanks around it.
  package func secret(in bytes: some Collection<UInt8>) -> Result<Secret, CredentialProblem> {
    guard bytes.count <= Self.maximumBytes else { return .failure(.tooLong) }
    let text = String(decoding: bytes, as: UTF8.self)
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" }
    let scalars = text.unicodeScalars.drop(while: isBlank)
    guard let last = scalars.lastIndex(where: { !isBlank($0) }) else { return .failure(.empty) }
    let key = scalars[...last]
    if key.contains(where: { $0 == "\n" || $0 == "\r" }) { return .failure(.severalLines) }
    // A key travels in a header: what a header cannot carry was never a key.
    guard key.allSatisfy({ (0x21...0x7E).contains($0.value) }) else { return .failure(.unusableCharacters) }
    return .success(Secret(String(String.UnicodeScalarView(key))))
  }
}

/// Why there is no key.
package enum CredentialProblem: Error, Equatable, Sendable {
  case notSet
  case empty
  case severalLines
  case tooLong
  case unusableCharacters
  case unreadable(reason: String)
  case commandNotFound
  case commandFailed(status: Int)
  case commandTimedOut

  /// The problem in words, with the source and the provider; never what was read.
  package func explanation(of source: CredentialSource, for provider: String) -> Explanation {
    Explanation(
      kind: .setting, summary: "no API key for \(provider.onOneLine): \(source.description) \(reason)",
      recovery: .addCredential)
  }

  private var reason: String {
    switch self {
    case .notSet: "is not set"
    case .empty: "gave nothing"
    case .severalLines: "gave more than one line"
    case .tooLong: "gave more than 16 KiB"
    case .unusableCharacters: "gave characters that a key cannot have"
    case .unreadable(let reason): "cannot be read: \(reason.onOneLine)"
    case .commandNotFound: "was not found"
    case .commandFailed(let status): "ended with status \(status)"
    case .commandTimedOut: "took longer than 10 seconds"
    }
  }
}

/// Permissions of files that hold keys.
package enum CredentialFile {
  /// A warning if others than the owner may read, write or execute a file with this mode; with the command that helps.
  package static func warning(path: String, mode: UInt32) -> Diagnostic? {
    guard mode & 0o077 != 0 else { return nil }
    let digits = String(mode & 0o777, radix: 8)
    let text = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return Diagnostic(
      .warning, "\(path.onOneLine) holds a key and others may read it (mode \(text)): chmod 600 \(quotedForShell(path))"
    )
  }

  /// Safe to paste into a shell.
  private static func quotedForShell(_ path: String) -> String {
    let isPlain =
      !path.isEmpty
      && path.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"), UInt8(ascii: "~"):
          true
        default: false
        }
      }
    guard !isPlain else { return path }
    var quoted = "'"
    for character in path.onOneLine {
      if character == "'" { quoted += "'\\''" } else { quoted.append(character) }
    }
    return quoted + "'"
  }
}

/// Paths as people write them into settings.
package enum SettingPath {
  /// `~` and `~/…` become the home folder; other relative paths begin at `folder`.
  package static func resolved(_ path: String, home: String, folder: String) -> String {
    if path == "~" { return home }
    if path.hasPrefix("~/") { return joined(home, path.dropFirst(2)) }
    return path.hasPrefix("/") ? path : joined(folder, Substring(path))
  }

  private static func joined(_ folder: String, _ path: Substring) -> String {
    folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }
}
