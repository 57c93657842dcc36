// What `riffle stats` needs of the world: the archive, the clock, the time zone, the width of the terminal.

import CSystem
import Conversations
import Glibc
import Headless
import Persistence
import Platform

extension HeadlessComposition {
  /// Writes figures over the answers of the archive.
  func stats(_ question: StatsQuestion) -> Int32 {
    var (rows, columns): (Int32, Int32) = (0, 0)
    let isKnown = output.isTerminal && system_terminal_size(STDOUT_FILENO, &rows, &columns) == 0 && columns > 0
    let surroundings = StatsSurroundings(
      now: Timestamp(milliseconds: WallClock.milliseconds()),
      // A terminal that does not tell is taken for one of the usual size.
      columns: output.isTerminal ? (isKnown ? Int(columns) : 80) : nil,
      utcOffset: { LocalTime(millisecondsSince1970: $0.milliseconds).secondsFromUTC },
      midnight: {
        Timestamp(milliseconds: LocalTime.firstMillisecond(ofYear: $0, month: $1, day: $2))
      })
    return runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, _ in
      await StatsCommand(question, store: store, output: output, surroundings: surroundings).run()
    }
  }
}
