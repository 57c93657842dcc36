// Streaming against not streaming: what keys and news do.

import Diagnostics
import Display

extension AppState {
  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleCompare(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? { nil }

  mutating func takeCompare(_ news: CompareNews) -> [Effect] {
    switch news {
    case .failed(let explanation): show(explanation.sentence, .error)
    }
    return []
  }
}
