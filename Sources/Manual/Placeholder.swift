package struct ManualSection: Equatable, Sendable { package let id: String; package let title: String; package let body: String }
package enum Manual { package static let sections: [ManualSection] = []; package static func search(_ query: String) -> [ManualSection] { [] } }
