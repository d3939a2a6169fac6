import WebGateway

/// Liveness, readiness and metrics.
@GatewayActor
final class OperationsRoutes {
  private let services: ExamServices
  private let directory: any SessionDirectory
  private unowned let server: WebServer

  init(services: ExamServices, directory: any SessionDirectory, server: WebServer) {
    self.services = services
    self.directory = directory
    self.server = server
  }

  func register() {
    server.route(.get, "/healthz") { _ in .text("ok\n") }
    server.route(.get, "/readyz") { [self] _ in
      // The server listens only after models and pipelines were tested, so the only thing that can fail later is capacity.
      directory.live.count < services.configuration.maximumSessions
        ? .text("ready\n")
        : Refusal(
          status: 503, title: "Not ready", detail: "No further session can be created.",
          code: "too_many_sessions"
        ).response
    }
    server.route(.get, "/metrics") { [self] _ in
      var text = PrometheusText()
      services.metrics.write(to: &text)
      MeasuredMetrics(services: services, directory: directory, server: server).write(to: &text)
      return .text(text.text, contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}
