// What went over the wire: its commands.

import Conversations
import Streaming

extension CommandCatalog {
  static let wireCommands: [CommandDefinition] = [
    CommandDefinition(
      "measure.wire", "Show what went over the wire for this answer: request, response, every event beside the text",
      group: .measuring, slash: SlashSyntax("wire", argument: "[n]"), keys: ["ctrl-x w"]
    ) { state, _, argument in state.openWire(argument) }
  ]
}
