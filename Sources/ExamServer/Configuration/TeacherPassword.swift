import Foundation

/// The password required to create a session: from the setting itself, or from a file, to keep it out of the environment.
public enum TeacherPassword {
  private static let minimumLength = 10
  /// Bytes; a larger file is not a password file.
  private static let maximumFileBytes = 4096

  /// - Throws: `InvalidSetting` if both are set, the file cannot be read, or the password is too short.
  public static func read(text: String?, file: String?) throws -> String? {
    if text != nil, file != nil {
      throw ServerConfiguration.InvalidSetting(
        key: "teacher_password_file", problem: "teacher_password is set as well; use one or the other")
    }
    let key = file == nil ? "teacher_password" : "teacher_password_file"
    guard let password = try text ?? file.map(read(file:)) else { return nil }
    guard password.count >= minimumLength else {
      throw ServerConfiguration.InvalidSetting(
        key: key,
        problem:
          "the password has \(password.count) characters; it must have at least \(minimumLength), since it is all "
          + "that keeps others from creating exams")
    }
    return password
  }

  /// The file's only line.
  private static func read(file: String) throws -> String {
    func problem(_ text: String) -> ServerConfiguration.InvalidSetting {
      .init(key: "teacher_password_file", problem: "\(file) \(text)")
    }
    let bytes: Data
    do {
      bytes = try SmallFile.beginning(of: file, maximum: maximumFileBytes)
    } catch {
      throw problem("cannot be read: \(error.localizedDescription)")
    }
    guard bytes.count <= maximumFileBytes, let text = String(data: bytes, encoding: .utf8) else {
      throw problem("is not a line of text")
    }
    let lines = text.split(whereSeparator: \.isNewline)
    guard lines.count == 1, let line = lines.first else {
      throw problem("must have one line, the password; it has \(lines.count)")
    }
    return String(line)
  }
}
