// Finds themes on the disk: the user's own, those that come with the program, and what is built in. A broken file costs
// the start nothing, and a theme in use only what changed.

import Configuration
import Diagnostics
import Display
import Headless
import Platform

/// All themes, the user's own first, and what is wrong with those.
struct FoundThemes: Sendable {
  var listed: [ListedTheme] = []
  var diagnostics: [Diagnostic] = []

  var themes: [Theme] { listed.map(\.theme) }
  var names: [String] { listed.map(\.theme.name) }
}

/// The folders with themes.
struct ThemeFiles: Sendable {
  let places: Places

  private static let builtIn = [DefaultTheme.dark, DefaultTheme.light]
  // The limit that `robustness.md` sets for a configuration file.
  private static let limit = 1 << 20

  /// Every theme there is; of several with one name the first. Reads files.
  /// - Parameter last: what was found before: a file that has an error since then stays as it was.
  func all(since last: FoundThemes = FoundThemes()) -> FoundThemes {
    var found = FoundThemes()
    for folder in [places.themesFolder] + places.shippedThemesFolders {
      let isTheirs = folder == places.themesFolder
      for name in (try? LocalFiles.names(in: folder)) ?? [] where name.hasSuffix(".toml") && !name.hasPrefix(".") {
        let path = "\(folder)/\(name)"
        let before = last.listed.first { $0.path == path }
        switch read(path) {
        case .read(let reading):
          if isTheirs { found.diagnostics += reading.diagnostics }
          let isBroken = reading.diagnostics.contains { $0.severity == .error }
          let fresh = ListedTheme(reading.theme, isTheirs ? .yours : .shipped, path: path)
          found.add(isBroken ? before ?? fresh : fresh)
        case .refused(let problem):
          if isTheirs { found.diagnostics.append(problem) }
          if let before { found.add(before) }
        }
      }
    }
    for theme in Self.builtIn { found.add(ListedTheme(theme, .builtIn)) }
    return found
  }

  /// The theme with that name, with what is wrong with it, looking only where its file would be.
  func reading(named name: String) -> (theme: Theme, diagnostics: [Diagnostic])? {
    // A name is not a path.
    guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
    for folder in [places.themesFolder] + places.shippedThemesFolders {
      if case .read(let reading) = read("\(folder)/\(name).toml"), reading.theme.name == name {
        return (reading.theme, reading.diagnostics)
      }
    }
    return Self.builtIn.first { $0.name == name }.map { ($0, []) }
  }

  private enum Outcome {
    case read(ThemeReading)
    case refused(Diagnostic)
  }

  private func read(_ path: String) -> Outcome {
    do throws(LocalFileError) {
      let bytes = try LocalFiles.read(path, atMost: Self.limit)
      return .read(ThemeFile.read(bytes, file: path, fallback: DefaultTheme.dark))
    } catch {
      return .refused(Diagnostic(.error, "\(path): \(FileProblem.words(error))"))
    }
  }
}

extension FoundThemes {
  fileprivate mutating func add(_ new: ListedTheme) {
    if !listed.contains(where: { $0.theme.name == new.theme.name }) { listed.append(new) }
  }
}
