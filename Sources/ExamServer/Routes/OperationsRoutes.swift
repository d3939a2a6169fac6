import WebGateway

/// Liveness, readiness and metrics.
@GatewayActor
struct OperationsRoutes {
  let services: ExamServices
  let directory: SessionDirectory

  func register(on server: WebServer) {
    server.route(.get, "/healthz") { _ in .text("ok\n") }
    server.route(.get, "/readyz") { _ in
      // The server listens only after models and pipelines were tested, so the only thing that can fail later is capacity.
      let maximum = services.settings.now.maximumSessions
      return directory.live.count < maximum
        ? .text("ready\n")
        : Refusal(
          status: 503, title: "Not ready", detail: "No further session can be created.",
          code: "too_many_sessions", parameters: ["maximum": maximum]
        ).response
    }
    server.route(.get, "/metrics") { [unowned server] _ in
      var text = PrometheusText()
      services.metrics.write(to: &text)
      MeasuredMetrics(services: services, directory: directory, server: server).write(to: &text)
      return .text(text.text, contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}
