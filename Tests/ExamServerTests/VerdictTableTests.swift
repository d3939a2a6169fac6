import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// What teachers' verdicts say about stricter rules.
@Suite struct VerdictTableTests {
  private func alert(
    _ verdict: String, seconds: Double?, confidence: Double = 0.9, window: Double = 3
  ) throws -> JudgedAlert {
    let until = seconds.map { ", \"until\": \(100 + $0)" } ?? ", \"until\": null"
    let text = """
      {"kind": "face_missing", "verdict": "\(verdict)", "since": 100, "confirmed": 103\(until), "confidence": \(confidence),
       "thresholds": {"window": \(window), "share": 0.8, "limit": null, "baseline": null, "cooldown": 30}}
      """
    return try JSONDecoder().decode(JudgedAlert.self, from: Data(text.utf8))
  }

  @Test func whatWasOverBeforeALongerWindowIsNotTold() throws {
    #expect(try alert("wrong", seconds: 4).isLost(under: .window, 4.5) == true)
    #expect(try alert("right", seconds: 5).isLost(under: .window, 4.5) == false)
    #expect(try alert("right", seconds: nil).isLost(under: .window, 60) == false)
  }

  /// Nobody knows what a rule that is no stricter would have told besides.
  @Test func aShorterWindowOrALowerShareIsNotJudged() throws {
    #expect(try alert("right", seconds: 4).isLost(under: .window, 2) == nil)
    #expect(try alert("right", seconds: 4, window: 6).isLost(under: .window, 4.5) == nil)
    #expect(try alert("right", seconds: 4).isLost(under: .share, 0.7) == nil)
    #expect(try alert("right", seconds: 4).isLost(under: .limit, 40) == nil)
  }

  @Test func aHigherShareWouldNotHaveConfirmedIt() throws {
    #expect(try alert("wrong", seconds: 9, confidence: 0.85).isLost(under: .share, 0.9) == true)
    #expect(try alert("wrong", seconds: 9, confidence: 0.95).isLost(under: .share, 0.9) == false)
  }

  @Test func theTableCountsBothVerdicts() throws {
    let alerts = try [
      alert("right", seconds: 20), alert("right", seconds: 4), alert("wrong", seconds: 3.2),
      alert("wrong", seconds: 4),
    ]
    let table = "\(VerdictTable(alerts, kind: .faceMissing, rule: AlertRules.standard.rules[.faceMissing]!))"
    let lines = table.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines[0] == "face_missing: 2 alerts judged right, 2 wrong")
    #expect(lines[1] == "window right not told wrong not told")
    #expect(lines.contains("3.75 s 0 1") && lines.contains("4.5 s 1 2") && lines.contains("9 s 1 2"))
    #expect(lines.contains("90 % 0 0") && lines.contains("100 % 2 2"))
    #expect(!table.contains("1.5 s"))
  }
}
