import GLibRuntime
import WebGateway

/// What a socket may send before it is closed: several times what a page sends at its busiest.
extension WebSocketBudget {
  /// A page sends 10 pictures a second or pieces of a container, together at most 2 MB, and occasionally a text of a
  /// few kilobytes. Above ten a second texts are refused with an error that says so; the budget is for those who
  /// continue. 250 that use theirs up take a quarter of the gateway's thread.
  static let student: WebSocketBudget = {
    var budget = WebSocketBudget()
    budget.texts = Rate(perSecond: 20, burst: 2_000)
    budget.textBytes = Rate(perSecond: 50_000, burst: 4e6)
    budget.binaries = Rate(perSecond: 150, burst: 300)
    budget.binaryBytes = Rate(perSecond: 4e6, burst: 8e6)
    return budget
  }()

  /// 250 students are 1,250 tiles a second, each of which may be acknowledged individually; a watch may name them all.
  static let teacher: WebSocketBudget = {
    var budget = WebSocketBudget()
    budget.texts = Rate(perSecond: 2_000, burst: 4_000)
    budget.textBytes = Rate(perSecond: 2e6, burst: 16e6)
    budget.binaries = Rate(perSecond: 10, burst: 50)
    budget.binaryBytes = Rate(perSecond: 100_000, burst: 4e6)
    return budget
  }()
}
