// What a piece of the screen *is*. Views and layout name roles; only a theme knows colours, so a change of theme costs
// no layout. The raw value stands in every `Cell`, which is why there may be at most 256 roles.

/// The meaning of a cell, to which a theme gives a style. Raw values are stable only within one run of the program;
/// theme files name roles by `name`.
package enum ThemeRole: UInt8, CaseIterable, Sendable {
  /// Plain text and the background of everything.
  case text
  /// Times, counts, rules and other things that may be overlooked.
  case dim
  case title
  case titleMark
  case user
  case assistant
  case system
  case thinking
  case tool
  case toolResult
  case error
  case warning
  case success
  case notice
  case code
  case codeLabel
  case codeKeyword
  case codeString
  case codeComment
  case codeNumber
  case codeType
  case codeFunction
  /// Attributes, annotations, keys of data files, names of HTML attributes.
  case codeAttribute
  /// Lines that a diff adds and removes.
  case codeInserted
  case codeDeleted
  case inlineCode
  case math
  case heading
  /// Headings of the third level and below.
  case headingMinor
  case emphasis
  case strong
  case quote
  case link
  case listMarker
  case rule
  case tableBorder
  case tableHeader
  /// The line at the left of a quotation.
  case quoteBar
  /// The letters that label what can be copied.
  case hint
  /// The mark beside the message, and the line, on which browse mode stands.
  case browseMark
  /// Stand-ins for characters that are shown instead of executed, such as `^[`.
  case control
  case selection
  case match
  case currentMatch
  case streamingCursor
  case composer
  case composerPrompt
  case composerHint
  case queued
  case status
  case statusKey
  case statusLive
  case statusError
  case border
  case popup
  case popupTitle
  case popupSelected
  case popupKey
  case listItem
  case listSelected
  case listUnread
  case listLive
  case graph
  case graphAlternate
  case graphAxis

  /// The name in theme files: words in lower case joined by hyphens, such as `streaming-cursor`.
  package var name: String {
    var result = ""
    for character in "\(self)" {
      if character.isUppercase { result.append("-") }
      result.append(contentsOf: character.lowercased())
    }
    return result
  }

  /// The role a theme falls back to when it does not name this one. `nil` for `text`, on which everything rests.
  package var fallback: ThemeRole? {
    switch self {
    case .text: nil
    case .titleMark, .listUnread: .notice
    case .thinking, .composerHint, .rule, .graphAxis, .codeComment, .tableBorder, .border: .dim
    case .toolResult: .tool
    case .codeLabel: .dim
    case .codeKeyword, .codeString, .codeNumber, .codeFunction, .inlineCode: .code
    case .codeType: .codeKeyword
    case .codeAttribute: .codeNumber
    case .codeInserted: .codeString
    case .codeDeleted: .codeKeyword
    case .headingMinor: .heading
    case .tableHeader: .strong
    case .quoteBar: .dim
    case .hint: .currentMatch
    case .browseMark: .notice
    case .statusKey, .statusLive, .statusError: .status
    case .popupTitle, .popupKey: .popup
    case .popupSelected, .listSelected, .match: .selection
    case .currentMatch: .match
    case .listLive: .success
    case .queued: .dim
    case .composer, .listItem, .popup, .emphasis, .strong, .heading, .quote, .assistant: .text
    case .composerPrompt: .user
    case .listMarker: .dim
    case .graph: .success
    case .graphAlternate: .notice
    case .control: .error
    default: .text
    }
  }
}
