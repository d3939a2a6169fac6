import ExamModel
import WebGateway

/// Tickets for addresses that a browser opens by itself: the report in a tab, pictures in an `<img>`.
@GatewayActor
final class TicketRoutes {
  private let admission: Admission
  private var tickets = TicketBook()

  init(admission: Admission) { self.admission = admission }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions/:code/tickets") { [self] request in
      await .answering { () async throws(Refusal) in try await issue(request) }
    }
    server.acceptTickets { [self] ticket, path in tickets.redeem(ticket, path: path, at: .now)?.digest }
  }

  private struct TicketRequest: Decodable {
    let path: String
  }

  private struct TicketAnswer: Encodable {
    let ticket: String
    /// Seconds.
    let expires_in: Int
  }

  private func issue(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request)
    let wanted: TicketRequest
    do {
      wanted = try WireJSON.decode(TicketRequest.self, from: request.body)
    } catch {
      throw badRequest("The JSON body: \(error.detail).")
    }
    let session = "/api/sessions/\(reader.code)/"
    guard wanted.path.hasPrefix(session), wanted.path.utf8.count <= 200,
      let holder = admission.tokenHash(request)
    else {
      throw badRequest("path is one below \(session), without a query.")
    }
    let ticket = tickets.issue(for: holder, path: wanted.path, at: .now)
    return .json(
      status: 201,
      WireJSON.encode(
        TicketAnswer(ticket: ticket.text, expires_in: Int(TicketBook.lifetime.components.seconds))))
  }

  private func badRequest(_ detail: String) -> Refusal {
    Refusal(status: 400, title: "Request not understood", detail: detail, code: "bad_request")
  }
}
