import ExamModel
import WebGateway

/// Why a request is refused.
struct Refusal: Error {
  let response: HTTPResponse

  init(
    status: Int, title: String, detail: String, code: String, retryAfter: Int? = nil,
    parameters: [String: any Sendable & CustomStringConvertible] = [:]
  ) {
    response = .problem(
      status: status, title: title, detail: detail, code: code, retryAfter: retryAfter,
      parameters: parameters)
  }
}

extension Refusal {
  static func badRequest(_ title: String, _ detail: String) -> Refusal {
    Refusal(status: 400, title: title, detail: detail, code: "bad_request")
  }

  static var notForStudents: Refusal {
    Refusal(
      status: 403, title: "Not for students", detail: "Only teachers of this session may do this.",
      code: "wrong_role")
  }

  static func unknown(_ code: SessionCode) -> Refusal {
    Refusal(
      status: 404, title: "No such session",
      detail: "There is no session \(code). Please check the code.",
      code: "unknown_session")
  }

  static func ended(_ code: SessionCode, _ reason: EndReason?) -> Refusal {
    let why =
      switch reason {
      case .teacher: "A teacher has ended the exam \(code)."
      case .idle: "The exam \(code) ended by itself, since nobody was connected to it for long."
      case nil: "The exam \(code) is over."
      }
    return Refusal(
      status: 410, title: "The session has ended", detail: "\(why) Nobody can join it any more.",
      code: reason.map { "ended_\($0.rawValue)" } ?? "ended")
  }

  static func password(isMissing: Bool) -> Refusal {
    Refusal(
      status: 401, title: isMissing ? "Teacher password needed" : "Teacher password wrong",
      detail: "Creating a session on this server takes the teacher password.",
      code: isMissing ? "password_needed" : "password_wrong")
  }

  static func dismissed(_ dismissal: Dismissal) -> Refusal {
    Refusal(
      status: 403, title: "Removed from the exam",
      detail: dismissal.cause == nil ? dismissal.reason : "The exam was full.", code: "dismissed",
      parameters: dismissal.cause.map { ["cause": $0.rawValue] } ?? [:])
  }

  /// What is kept cannot be read, or not now.
  static func unreadable(_ error: any Error) -> Refusal {
    switch error {
    case let refusal as Refusal: refusal
    case let error as ArchiveBusy:
      Refusal(
        status: 429, title: "Busy",
        detail:
          "What is kept cannot be read just now: \(error). Please try again in \(error.retryAfter) s.",
        code: "busy", retryAfter: error.retryAfter)
    case let error as ArchiveClosed:
      Refusal(
        status: 503, title: "Stopping",
        detail:
          "What is kept cannot be read or erased just now: \(error). Please try again when it is back, in about "
          + "\(error.retryAfter) s.",
        code: "stopping", retryAfter: error.retryAfter)
    case is SessionGone:
      Refusal(
        status: 404, title: "Session erased", detail: "Nothing is kept of this session: \(error).",
        code: "unknown_session")
    default:
      Refusal(
        status: 503, title: "Records not readable",
        detail: "What is kept of this session cannot be read at the moment; the server's log says why.",
        code: "store")
    }
  }

  /// As many answers as one reader may have at once are still being sent.
  static let answerPending = Refusal(
    status: 429, title: "Earlier answer pending",
    detail: "What you asked for before is still on its way. Please try again in 5 s.",
    code: "answer_pending", retryAfter: 5)

  static func tooMany(_ wait: Duration) -> Refusal {
    let seconds = wait.wholeSecondsToWait
    return Refusal(
      status: 429, title: "Too many tries", detail: "Please wait \(seconds) s and try again.",
      code: "too_many_tries",
      retryAfter: seconds)
  }
}

extension Archive {
  /// Reads for a request, which is refused if that fails.
  func reading<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws(Refusal) -> Value {
    do {
      return try await read(extent, body)
    } catch {
      throw .unreadable(error)
    }
  }
}

extension WebServer {
  /// Adds a route whose handler may refuse.
  func route(
    _ method: HTTPMethod, _ pattern: String, maximumBodyBytes: Int? = nil,
    refusing handler: @escaping @GatewayActor (HTTPRequest) async throws(Refusal) -> HTTPResponse
  ) {
    route(method, pattern, maximumBodyBytes: maximumBodyBytes) { request in
      do throws(Refusal) {
        return try await handler(request)
      } catch {
        return error.response
      }
    }
  }
}

extension HTTPRequest {
  /// The value in the body.
  func json<Body: Decodable>() throws(Refusal) -> Body {
    do {
      return try WireJSON.decode(Body.self, from: body)
    } catch {
      throw .badRequest("Request not understood", "The JSON body: \(error.detail).")
    }
  }
}
