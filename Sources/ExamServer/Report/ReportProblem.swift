import ExamModel

/// Why there is no report, as text for the person who requested it.
public enum ReportProblem: Error, CustomStringConvertible, Equatable {
  case notACode(String)
  case noDataFolder(String)
  /// - Parameter sessions: what exists instead, a line each.
  case unknownSession(String, dataFolder: String, sessions: [String])
  case erased(String, dataFolder: String, at: String, reason: String)
  case unknownTimeZone(String)
  case output(String, problem: String)

  public var description: String {
    switch self {
    case .notACode(let code): "“\(code)” is no session code: a code has six digits"
    case .noDataFolder(let folder): "there is no data folder \(folder); name the server’s with --data-dir"
    case .unknownSession(let code, let folder, let sessions) where sessions.isEmpty:
      "there is no session \(code) in \(folder), nor any other"
    case .unknownSession(let code, let folder, let sessions):
      "there is no session \(code) in \(folder); there is:\n  \(sessions.joined(separator: "\n  "))"
    case .erased(let code, let folder, let at, let reason):
      "session \(code) in \(folder) was erased on \(at) (\(reason)); nothing is left of it but this receipt"
    case .unknownTimeZone(let name): ReportClock.advice(insteadOf: name)
    case .output(let path, let problem): "cannot write \(path): \(problem)"
    }
  }
}
