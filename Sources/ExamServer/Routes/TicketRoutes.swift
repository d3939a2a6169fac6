import ExamModel
import WebGateway

/// Tickets for addresses that a browser opens by itself: the report in a tab, pictures in an `<img>`.
@GatewayActor
final class TicketRoutes {
  private let admission: Admission
  private var tickets = TicketBook()

  init(admission: Admission) { self.admission = admission }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions/:code/tickets", refusing: issue)
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
    let wanted: TicketRequest = try request.json()
    let session = "/api/sessions/\(reader.code)/"
    guard wanted.path.hasPrefix(session), wanted.path.utf8.count <= 200,
      let holder = admission.tokenHash(request)
    else {
      throw .badRequest("Request not understood", "path is one below \(session), without a query.")
    }
    let ticket = tickets.issue(for: holder, path: wanted.path, at: .now)
    return .json(
      status: 201,
      WireJSON.encode(
        TicketAnswer(ticket: ticket.text, expires_in: Int(TicketBook.lifetime.components.seconds))))
  }
}
