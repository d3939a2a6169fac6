import WebGateway

extension ServerConfiguration.InvalidSetting {
  /// Which setting prevents the server from listening, and what to use instead.
  init(_ problem: ListenProblem) {
    switch problem.cause {
    case .inUse:
      self.init(key: "port", problem: "\(problem); end that one, or choose another port")
    case .notPermitted:
      self.init(
        key: "port", problem: "\(problem); choose one from 1024 on, and let a proxy have the ones below")
    case .notNumeric, .other:
      self.init(
        key: "host",
        problem: """
          cannot listen on \(problem.host): \(problem); give an address of this machine in numbers, such as 127.0.0.1 for \
          this machine alone or 0.0.0.0 for all who reach it. The name that people use is public_url
          """)
    }
  }
}
