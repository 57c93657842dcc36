// Files that the user names to be sent along: on the command line, in the composer.

import Configuration
import Conversations
import Diagnostics
import Platform
import Runtime

/// Reads files by the names a person gives them.
struct UserFiles: Sendable {
  /// What `~` stands for.
  let home: String

  /// The largest file that is read, in bytes. Services take less; they say so themselves.
  private static let maximumBytes = 32 << 20
  /// More names than this help nobody.
  private static let listLimit = 200

  init(_ environment: Environment) { home = environment["HOME"] ?? "/" }

  /// For the full screen.
  var attachments: AttachmentFiles {
    AttachmentFiles(load: { read($0) }, list: { list($0) })
  }

  /// A file as an attachment.
  func read(_ path: String) -> Result<Attachment, Explanation> {
    do throws(LocalFileError) {
      let bytes = try LocalFiles.read(SettingPath.resolved(path, home: home, folder: "."), atMost: Self.maximumBytes)
      return .success(Attachment(path: path, bytes: bytes))
    } catch {
      return .failure(
        Explanation(kind: .setting, summary: "\(path) cannot be read", detail: FileProblem.words(error)))
    }
  }

  /// What a path that is being typed can go on with.
  private func list(_ typed: String) -> [String] {
    let split = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let (folder, start) = (String(typed[..<split]), typed[split...])
    let real = SettingPath.resolved(folder.isEmpty ? "." : folder, home: home, folder: ".")
    do throws(LocalFileError) {
      let names = try LocalFiles.names(in: real).filter { name in
        // Hidden ones only if they are asked for.
        name.hasPrefix(start) && (start.hasPrefix(".") || !name.hasPrefix("."))
      }
      return names.prefix(Self.listLimit).map { name in
        folder + name + (LocalFiles.isFolder(real + "/" + name) ? "/" : "")
      }
    } catch {
      return []
    }
  }
}
