// What an empty conversation shows: enough to begin.

import Conversations
import Display

/// Draws the first screen.
enum WelcomeView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface) {
    let profile = state.transcript.profile
    var rows: [[Cell]] = []
    var name = RowBuilder(columns: area.columns - 4)
    name.add("riffle", role: .heading, attributes: .bold)
    name.add("  live streams, many conversations", role: .dim)
    rows.append(name.cells)
    rows.append([])
    if profile.model.provider == "guide" {
      rows.append(CellRow.literal("You talk to the built-in guide: it answers from riffle's manual", role: .text))
      rows.append(CellRow.literal("and is not a language model. Ask it how to connect one.", role: .text))
      rows.append([])
    }
    if !state.offers.isEmpty {
      var found = RowBuilder(columns: area.columns - 4)
      found.add("Found here: ", role: .success)
      // Names from this machine, of a few known words each; models are not among them.
      found.add(state.offers.map { "\($0.profile.name) (\($0.reason))" }.joined(separator: ", "), role: .text)
      rows.append(found.cells)
      var hint = RowBuilder(columns: area.columns - 4)
      hint.add(state.hint(for: "profile.choose"), role: .popupKey)
      hint.add(" talks to one of them; riffle config init keeps them", role: .text)
      rows.append(hint.cells)
      rows.append([])
    }
    let keys: [(String, String)] = [
      ("Enter", "send; Ctrl+J makes a new line"), ("Esc", "stop the answer; its text stays"),
      (state.hint(for: "conversation.switch"), "switch conversations"),
      (state.hint(for: "model.choose"), "choose the model"),
      (state.hint(for: "view.metrics"), "see what the stream is doing"), ("/  ?", "commands, help"),
    ]
    for (key, meaning) in keys {
      var row = RowBuilder(columns: area.columns - 4)
      row.add(key, role: .popupKey)
      row.pad(to: 10, role: .text)
      row.add(meaning, role: .dim)
      rows.append(row.cells)
    }
    guard area.rows >= 3 else { return }
    let top = area.minY + max(0, (area.rows - rows.count) / 3)
    for (index, row) in rows.enumerated() where top + index < area.maxY {
      surface.draw(row, at: Point(x: area.minX + 2, y: top + index), in: area)
    }
  }
}
