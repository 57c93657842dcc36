// The part of `riffle doctor` that asks the terminal how wide it draws, and has it remembered for the next start.

import Display
import Glibc
import Headless
import Platform
import Terminal

/// What was found out about characters.
struct CharacterCheck: Sendable {
  /// Whether it was measured, and if not, why.
  let finding: Finding
  /// A row for every kind.
  let table: [CharacterFinding]

  /// Measures the terminal that standard output is, which takes up to a second if it is one.
  ///
  /// - Parameter folder: where measurements are kept.
  init(environment: Platform.Environment, folder: String) {
    do throws(WidthMeasurer.Failure) {
      let widths = try WidthMeasurer.measure(environment, descriptor: STDOUT_FILENO)
      finding = Self.remember(widths, in: folder, environment)
      table = Self.table(widths)
    } catch {
      let widths = WidthMeasurer.remembered(in: folder, environment)
      finding = Finding("characters", "widths", .notice, "\(Self.words(error)); \(Self.words(widths.source))")
      table = Self.table(widths)
    }
  }

  private static func remember(
    _ widths: TerminalWidths, in folder: String, _ environment: Platform.Environment
  ) -> Finding {
    do throws(LocalFileError) {
      try WidthMeasurer.remember(widths, in: folder, environment)
      return Finding("characters", "widths", .fine, "measured now, and remembered for the next start")
    } catch {
      return Finding(
        "characters", "widths", .notice, "measured now, but not remembered: \(folder): \(FileProblem.words(error))")
    }
  }

  private static func words(_ failure: WidthMeasurer.Failure) -> String {
    switch failure {
    case .notATerminal: "not measured, because standard output is not a terminal of ours"
    case .unsuitable: "not measured, because this terminal is not asked questions"
    case .tooNarrow: "not measured, because the window is too narrow"
    case .silent: "not measured, because the terminal did not answer within a second"
    }
  }

  private static func words(_ source: TerminalWidths.Source) -> String {
    switch source {
    case .measured: "as measured before"
    case .family(let family): "as known of \(family.rawValue)"
    case .unknown: "as is safe everywhere"
    }
  }

  private static func table(_ widths: TerminalWidths) -> [CharacterFinding] {
    ClusterKind.allCases.map { kind in
      let columns = kind.samples.map { CharacterWidth.columns(of: $0) }
      let here = widths.measured[kind]
      let treatment = widths.treatment(of: kind)
      var advice =
        switch treatment {
        case .plain: "sends them as they are"
        case .whole: "sends them whole"
        case .reduced: "shows a simple form"
        }
      var state = treatment == .reduced ? Finding.State.notice : .fine
      if treatment == .plain, let here, here != columns {
        advice = "counts as before"
        state = .notice
        if kind == .ambiguous { advice += "; set the terminal's width of ambiguous characters to one" }
      }
      return CharacterFinding(
        kind: kind.rawValue, title: kind.title, columns: columns, here: here, treatment: treatment.rawValue,
        advice: advice, state: state)
    }
  }
}
