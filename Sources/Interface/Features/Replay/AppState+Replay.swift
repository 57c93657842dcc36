// An answer again, as it came: what keys and news do.

import Diagnostics
import Display

extension AppState {
  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleReplay(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? { nil }

  mutating func takeReplay(_ news: ReplayNews, _ cache: inout LayoutCache) -> [Effect] {
    switch news {
    case .failed(let explanation): show(explanation.sentence, .error)
    }
    return []
  }

  mutating func tickReplay(_ cache: inout LayoutCache) -> [Effect] { [] }
}
