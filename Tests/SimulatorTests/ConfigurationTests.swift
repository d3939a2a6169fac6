import ArgumentParser
import Testing

@testable import Simulator

@Suite struct ConfigurationTests {
  private func counts(_ options: String...) throws -> [Behaviour: Int] {
    let configuration = try RehearsalConfiguration.parse(options)
    return Dictionary(configuration.behaviours.map { ($0, 1) }, uniquingKeysWith: +)
  }

  @Test func aFewStudentsAreSpecialByDefault() throws {
    #expect(
      try counts("--students", "200") == [
        .ordinary: 184, .frozen: 4, .dark: 4, .absent: 4, .reconnecting: 4,
      ])
    #expect(try counts("--students", "9") == [.ordinary: 9])
  }

  @Test func theirNumbersCanBeSet() throws {
    let counts = try counts("--students", "6", "--frozen", "2", "--reconnecting", "1")
    #expect(counts == [.ordinary: 3, .frozen: 2, .reconnecting: 1])
  }

  @Test func moreSpecialStudentsThanStudentsAreRefused() throws {
    let configuration = try RehearsalConfiguration.parse(["--students", "3", "--frozen", "4"])
    #expect(throws: RehearsalError.self) { try configuration.check() }
  }

  @Test func addressesAreUnderstood() throws {
    #expect(try ServerAddress("https://exam.example/path").text == "https://exam.example")
    #expect(try ServerAddress("https://exam.example").port == 443)
    #expect(try ServerAddress("http://127.0.0.1:9000/").isLocal)
    for text in ["exam.example", "ftp://exam.example", "", "http://"] {
      #expect(throws: RehearsalError.self) { try ServerAddress(text) }
    }
  }
}

@Suite struct ServerMetricsTests {
  private let before = """
    # TYPE exam_frames_dropped_total counter
    exam_frames_dropped_total{cause="refused"} 5
    exam_time_between_checks_seconds_bucket{le="0.5"} 100
    exam_time_between_checks_seconds_bucket{le="1.5"} 100
    exam_time_between_checks_seconds_bucket{le="2.0"} 101
    exam_time_between_checks_seconds_bucket{le="+Inf"} 101
    exam_time_between_checks_seconds_count 101
    exam_sessions 1
    """

  @Test func tellsWhatCameSince() {
    let after = ScrapedMetrics(
      parsing: before.replacing("} 100", with: "} 150").replacing("101", with: "152").replacing(
        " 5\n", with: " 7\n"))
    let earlier = ScrapedMetrics(parsing: before)
    #expect(after.drops(since: earlier) == ["refused": 2])
    #expect(after.growth(since: earlier)["exam_sessions"] == nil)
    #expect(after.longestUnchecked(since: earlier) == 2)
  }

  @Test func anOldGapIsNotCountedAgainAndAPresentOneIs() {
    let earlier = ScrapedMetrics(parsing: before)
    let after = before.replacing("} 100", with: "} 150").replacing("101", with: "151")
    #expect(ScrapedMetrics(parsing: after).longestUnchecked(since: earlier) == 0.5)
    let now = after + "\nexam_longest_time_unchecked_seconds 4.5\n"
    #expect(ScrapedMetrics(parsing: now).longestUnchecked(since: earlier) == 4.5)
  }

  @Test func aServerThatDoesNotTellIsNotJudged() {
    #expect(ScrapedMetrics(parsing: "exam_sessions 1").longestUnchecked(since: ScrapedMetrics()) == nil)
  }
}
