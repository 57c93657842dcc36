// Several models side by side: what keys and news do.

import Diagnostics
import Display

extension AppState {
  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleRace(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? { nil }

  mutating func takeRace(_ news: RaceNews, _ cache: inout LayoutCache) -> [Effect] {
    switch news {
    case .failed(let explanation): show(explanation.sentence, .error)
    }
    return []
  }
}
