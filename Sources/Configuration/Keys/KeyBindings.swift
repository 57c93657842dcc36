// Which keys run which command: the program's own table, changed by `[keys]`.

internal import Diagnostics

/// A key sequence and the command it runs.
package struct KeyBinding: Equatable, Sendable {
  package var keys: KeySequence
  /// The command's name, such as `conversation.new`; `nil` takes the key away from whatever had it.
  package var command: String?
  /// Where it works, such as `composer` or `browse`; `nil` is everywhere. Bindings of different places never clash.
  package var scope: String?

  /// A binding.
  package init(_ keys: KeySequence, _ command: String?, in scope: String? = nil) {
    self.keys = keys
    self.command = command
    self.scope = scope
  }
}

/// What the configuration must know about commands to check `[keys]`; Interface's catalog provides it.
package struct KeyVocabulary: Equatable, Sendable {
  /// Every command's name, with the place where its keys work.
  package var commands: [String: String?]
  /// The program's own bindings.
  package var defaults: [KeyBinding]

  /// A vocabulary; without commands no name is checked.
  package init(commands: [String: String?] = [:], defaults: [KeyBinding] = []) {
    self.commands = commands
    self.defaults = defaults
  }
}

/// One line of `[keys]` with its place.
struct KeyEntry {
  var text: String
  var keyLocation: SourceLocation
  var command: String
  var commandLocation: SourceLocation
}

extension KeyVocabulary {
  /// Reads the lines of `[keys]` in order. Lines with errors are left out.
  func bindings(from entries: [KeyEntry]) -> (bindings: [KeyBinding], diagnostics: [Diagnostic]) {
    var read: [(binding: KeyBinding, location: SourceLocation)] = []
    var diagnostics: [Diagnostic] = []
    for entry in entries {
      let path = "keys.\(entry.text.quotedForMessages)"
      let keys: KeySequence
      switch KeySequence.parse(entry.text) {
      case .success(let parsed): keys = parsed
      case .failure(let error):
        diagnostics.append(Diagnostic(.error, "\(path): \(error)", at: entry.keyLocation))
        continue
      }
      let command = entry.command == "none" ? nil : entry.command
      if let command, !commands.isEmpty, commands[command] == nil {
        let message =
          "\(path): unknown command \(command.quotedForMessages)"
          + suggestion(for: command, among: commands.keys.sorted())
        diagnostics.append(Diagnostic(.error, message, at: entry.commandLocation))
        continue
      }
      let binding = KeyBinding(keys, command, in: command.flatMap { commands[$0] ?? nil })
      if let earlier = read.first(where: { $0.binding.keys == keys && Self.meet($0.binding, binding) }) {
        let message = "\(path): already runs \(Self.said(earlier.binding)); \(Self.said(binding)) is left out"
        diagnostics.append(Diagnostic(.error, message, at: entry.keyLocation))
        continue
      }
      read.append((binding, entry.keyLocation))
    }
    diagnostics += clashes(of: read)
    return (read.map(\.binding), diagnostics)
  }

  /// The bindings in force: the defaults, without those whose keys the user gave away, then the user's.
  package func merged(with bindings: [KeyBinding]) -> [KeyBinding] {
    let kept = defaults.filter { known in
      !bindings.contains {
        Self.meet($0, known) && ($0.keys == known.keys || ($0.command != nil && $0.keys.shadows(known.keys)))
      }
    }
    return kept + bindings.filter { $0.command != nil }
  }

  /// What a changed key takes from another command, told with both. A command that has another key is not lost.
  private func clashes(of read: [(binding: KeyBinding, location: SourceLocation)]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let inForce = merged(with: read.map(\.binding))
    for (index, item) in read.enumerated() where item.binding.command != nil {
      let path = "keys.\(item.binding.keys.description.quotedForMessages)"
      for other in read[..<index] where other.binding.command != nil && Self.meet(other.binding, item.binding) {
        guard other.binding.keys.shadows(item.binding.keys) else { continue }
        let message =
          "\(path): clashes with \"\(other.binding.keys)\": \(Self.said(item.binding)) and \(Self.said(other.binding)) cannot both be reached"
        diagnostics.append(Diagnostic(.warning, message, at: item.location))
      }
      for known in defaults where Self.meet(known, item.binding) && known.command != item.binding.command {
        let isSame = known.keys == item.binding.keys
        guard isSame || known.keys.shadows(item.binding.keys) else { continue }
        guard let command = known.command, !inForce.contains(where: { $0.command == command }) else { continue }
        let message =
          isSame
          ? "\(path): runs \(Self.said(item.binding)) instead of \(command), which has no key now"
          : "\(path): \(Self.said(item.binding)) hides \"\(known.keys)\", the key of \(command), which has no key now"
        diagnostics.append(Diagnostic(.warning, message, at: item.location))
      }
    }
    return diagnostics
  }

  private static func meet(_ a: KeyBinding, _ b: KeyBinding) -> Bool {
    a.scope == nil || b.scope == nil || a.scope == b.scope
  }

  private static func said(_ binding: KeyBinding) -> String { binding.command ?? "nothing" }
}
