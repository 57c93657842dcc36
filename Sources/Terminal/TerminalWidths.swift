// What a terminal makes of the kinds of characters that terminals differ in, and what is sent because of it. Found out by
// `WidthMeasurement` when the user asks for it, else what is known of terminals of that name, else the least.

import Display

/// What is sent to the terminal for characters of a kind.
package enum ClusterTreatment: String, Equatable, Sendable {
  /// As ncurses writes it: C library and terminal count as we do.
  case plain
  /// The real text, over blanks and with the cursor set behind it: right wherever the terminal takes at most our columns.
  case whole
  /// Something of known width that is like it.
  case reduced
}

/// The columns a terminal takes, by kind of character.
package struct TerminalWidths: Equatable, Sendable {
  /// Where the knowledge is from.
  package enum Source: Equatable, Sendable {
    case measured, family(TerminalFamily), unknown
  }

  package let source: Source
  /// Columns of every sample of a kind; a kind that is not here is not known.
  package private(set) var measured: [ClusterKind: [Int]] = [:]
  private let treatments: [ClusterKind: ClusterTreatment]
  /// Whether single characters that the C library knows are all sent as they are, so that nothing need be looked up.
  let treatsKnownPlainly: Bool

  /// What was measured.
  ///
  /// - Parameter isMultiplexed: whether a multiplexer answered, which knows its own columns and not those of the window
  ///   around it. Where it counts fewer than we, the two may differ, and then its rows are torn.
  package init(measured: [ClusterKind: [Int]], isMultiplexed: Bool = false) {
    self.init(.measured, measured) { kind in
      let samples = kind.samples
      guard let found = measured[kind], found.count == samples.count else { return kind.unmeasured }
      let pairs = zip(samples, found).map { (ours: CharacterWidth.columns(of: $0), here: $1) }
      // What takes nothing is not drawn at all, or into the character before it.
      let isUnfit = pairs.contains { $0.here > $0.ours || $0.here == 0 || (isMultiplexed && $0.here < $0.ours) }
      let isExact = pairs.allSatisfy { $0.here == $0.ours }
      switch kind {
      // Letters of half the world: a stand-in for all of them would help nobody.
      case .ambiguous: return .plain
      case .indic: return !isExact && pairs.allSatisfy { $0.here <= $0.ours } ? .whole : .plain
      case .ideograph, .emoji, .marks, .kana, .jamo: return isUnfit ? .reduced : isExact ? .plain : .whole
      default: return isUnfit ? .reduced : .whole
      }
    }
  }

  /// What is known of a terminal without measuring it.
  package init(_ family: TerminalFamily) {
    let kinds = family.drawsWhole
    self.init(family == .other ? .unknown : .family(family), [:]) { kinds.contains($0) ? .whole : $0.unmeasured }
  }

  private init(_ source: Source, _ measured: [ClusterKind: [Int]], _ choose: (ClusterKind) -> ClusterTreatment) {
    self.source = source
    self.measured = measured
    let treatments = Dictionary(uniqueKeysWithValues: ClusterKind.allCases.map { ($0, choose($0)) })
    self.treatments = treatments
    treatsKnownPlainly = [.ideograph, .emoji, .indic].allSatisfy { treatments[$0] == .plain }
  }

  /// What is sent for a kind.
  package func treatment(of kind: ClusterKind) -> ClusterTreatment {
    treatments[kind] ?? .reduced
  }

  // MARK: The file

  /// The first line of a file; another set of samples needs another one.
  package static let format = "riffle widths 1"

  /// A file of a few lines: format, terminal, and a line of numbers for every kind.
  package func fileText(for identity: TerminalIdentity) -> String {
    var lines = [Self.format, identity.words]
    for kind in ClusterKind.allCases {
      guard let found = measured[kind] else { continue }
      lines.append("\(kind.rawValue) \(found.map(String.init).joined(separator: " "))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What such a file says; nil if it is none, is of another format, or is of another terminal.
  ///
  /// Lines that are broken are left out: those kinds are not known then.
  package init?(fileText bytes: [UInt8], for identity: TerminalIdentity) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count > 2, lines[0].elementsEqual(Self.format.utf8), lines[1].elementsEqual(identity.words.utf8) else {
      return nil
    }
    var measured: [ClusterKind: [Int]] = [:]
    for line in lines.dropFirst(2).prefix(2 * ClusterKind.allCases.count) {
      let words = line.split(separator: 0x20)
      guard let name = words.first, let kind = ClusterKind(rawValue: String(decoding: name, as: UTF8.self)) else {
        continue
      }
      let numbers = words.dropFirst().compactMap { Int(String(decoding: $0, as: UTF8.self)) }
      guard numbers.count == words.count - 1, numbers.count == kind.samples.count,
        numbers.allSatisfy({ (0...WidthMeasurement.maximumColumns).contains($0) })
      else { continue }
      measured[kind] = numbers
    }
    if measured.isEmpty { return nil }
    self.init(measured: measured, isMultiplexed: identity.isMultiplexed)
  }
}

extension ClusterKind {
  /// What is sent where nothing is known: what the C library knows goes out, everything else is reduced.
  fileprivate var unmeasured: ClusterTreatment {
    switch self {
    case .ideograph, .ambiguous, .emoji, .marks, .kana, .jamo, .indic: .plain
    default: .reduced
    }
  }
}

/// Terminals whose ways are known from their documentation.
package enum TerminalFamily: String, Equatable, Sendable, CaseIterable {
  case kitty, wezTerm = "WezTerm", ghostty, iTerm2, foot, contour = "Contour", vte = "VTE"
  case other

  /// The kinds that it draws in at most our columns.
  var drawsWhole: Set<ClusterKind> {
    let selectors: Set<ClusterKind> = [.emojiSelector, .textSelector, .keycap]
    let new: Set<ClusterKind> = [.emoji15, .emoji16, .emoji17, .newIdeograph, .newLetter]
    switch self {
    // These place whole grapheme clusters.
    case .wezTerm, .ghostty, .iTerm2, .contour:
      return selectors.union(new).union([.joined, .skinTone, .flag, .tagFlag])
    // kitty does so since version 0.40, which does not show in the environment; foot adds up the parts unless told not to.
    case .kitty, .foot: return selectors.union(new).union([.flag])
    case .vte: return selectors.union(new)
    case .other: return []
    }
  }
}
