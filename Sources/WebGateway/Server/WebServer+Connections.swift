import CSoup
import GLibRuntime

/// Who may connect, and who is displaced.
extension WebServer {
  func accept(_ socket: GObjectReference) {
    guard
      let client = ClientConnection(
        socket: socket, unsentLowWater: configuration.unsentLowWater, isSecure: handshakes != nil)
    else {
      g_socket_close(socket.cast(), nil)
      return
    }
    statistics.openConnections += 1
    client.whenClosed { [weak self, unowned client] in self?.connectionClosed(client) }
    let hasRoom = count(client, for: site.isTrustedProxy(client.address) ? nil : client.network)

    if isStopping { return refuse(client, .total) }
    if !hasRoom {
      guard makeRoom(of: client.network, .perAddress) else { return refuse(client, .perAddress) }
    } else if statistics.openConnections > configuration.maximumConnections {
      guard makeRoom(of: waiting.fullest, .total) else { return refuse(client, .total) }
    }
    waiting.append(client, of: client.network)
    client.setTimeout(configuration.idleTimeout)
    if let handshakes { handshakes.begin(client) } else { handOver(client) }
  }

  /// Closes a network's oldest connection without a complete request. It gets no answer: a browser opens connections
  /// ahead, and would take it for the answer to its next request; when one is closed it sends the request again.
  ///
  /// - Returns: false if there is none.
  private func makeRoom(of network: String?, _ reason: GatewayEvent.RefusalReason) -> Bool {
    guard let oldest = network.flatMap({ waiting.removeOldest(of: $0) }) else { return false }
    noteRefusal(of: oldest, reason)
    // Its reader notices and closes it; in the queue it has no reader yet.
    oldest.shutDown()
    if line.leave(oldest) { oldest.close() }
    return true
  }

  private func refuse(_ client: ClientConnection, _ reason: GatewayEvent.RefusalReason) {
    noteRefusal(of: client, reason)
    if client.isSecure {
      // An answer would take a handshake, for which there is no capacity.
      client.shutDown()
    } else {
      client.writeDirectly(GatewayProblem.noRoom.raw)
    }
    client.close()
  }

  func noteRefusal(of client: ClientConnection, _ reason: GatewayEvent.RefusalReason) {
    statistics.refusedConnections += 1
    let address = client.clientAddress
    limiter.note(.connectionsRefused(reason)) {
      .connectionsRefused(count: $0, address: address, reason: reason)
    }
  }

  /// Counts a connection for a network and no longer for any other. All connections of a proxy come from one address,
  /// so each counts for the client of its request, and for nobody between two.
  ///
  /// - Returns: false if that network has too many.
  func count(_ client: ClientConnection, for network: String?) -> Bool {
    if let before = client.countedFor {
      let left = connectionsByAddress[before, default: 1] - 1
      connectionsByAddress[before] = left > 0 ? left : nil
    }
    client.countedFor = network
    guard let network else { return true }
    connectionsByAddress[network, default: 0] += 1
    return connectionsByAddress[network, default: 0] <= configuration.maximumConnectionsPerAddress
  }

  private func connectionClosed(_ client: ClientConnection) {
    statistics.openConnections -= 1
    _ = waiting.remove(client, of: client.network)
    _ = count(client, for: nil)
  }

  func handshakeEnded(_ client: ClientConnection, _ end: TLSHandshake.End) {
    let address = client.address
    switch end {
    case .done where !isStopping: return handOver(client)
    case .done: break
    case .failed(let text):
      limiter.note(.handshake) { .handshakesFailed(count: $0, address: address, message: text) }
    case .gaveWay: noteRefusal(of: client, .unfinishedHandshakes)
    }
    client.shutDown()
    client.close()
  }

  /// Reads the connection's next request when its turn comes.
  func handOver(_ client: ClientConnection) {
    line.enter(client, network: site.isTrustedProxy(client.address) ? nil : client.network)
  }
}
