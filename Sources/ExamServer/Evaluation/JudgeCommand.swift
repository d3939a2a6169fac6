import ExamModel
import Foundation

/// Judges alerts by the labels of their clips, for `make eval`: so that it and `exam-monitoring tune` cannot differ.
public enum JudgeCommand {
  /// A clip that was played; a line of the input.
  private struct Played: Decodable {
    struct Alert: Decodable {
      var kind: AlertKind
      var at: Double
    }

    var labels: ClipLabels
    var seconds: Double
    var alerts: [Alert]
    var onsets: [Double]?
  }

  /// A line of the output; an item is a kind, or a kind with seconds and the place of its event.
  private struct Judged: Encodable {
    struct Timed: Encodable {
      let item: Judgement.Timed

      func encode(to encoder: any Encoder) throws {
        var values = encoder.unkeyedContainer()
        try values.encode(item.kind)
        try values.encode(item.seconds)
        try values.encode(item.event)
      }
    }

    let found, missed, `false`: [Timed]
    let repeats, tolerated: [AlertKind]

    init(_ judgement: Judgement) {
      found = judgement.found.map(Timed.init)
      missed = judgement.missed.map(Timed.init)
      `false` = judgement.falseAlerts.map(Timed.init)
      (repeats, tolerated) = (judgement.repeats, judgement.tolerated)
    }
  }

  /// Judges by the default rules.
  ///
  /// - Parameter input: JSON Lines of objects with `labels` as in a label file, `seconds`, `alerts` and perhaps `onsets`.
  /// - Returns: a line for each.
  /// - Throws: an error that names the clip, unless it has one onset for each event.
  public static func run(_ input: Data) throws -> Data {
    let output = try input.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
      let clip = try JSONDecoder().decode(Played.self, from: line)
      if let onsets = clip.onsets, onsets.count != clip.labels.events.count {
        throw RecordedClips.Unusable(problems: [
          "clip \(index + 1): onsets: there are \(onsets.count) for \(clip.labels.events.count) events"
        ])
      }
      let judgement = Judgement(
        of: clip.alerts.map { ToldAlert(kind: $0.kind, at: $0.at) }, labels: clip.labels,
        seconds: clip.seconds,
        onsets: clip.onsets, rules: .standard)
      return try JSONEncoder().encode(Judged(judgement)) + Data("\n".utf8)
    }
    return Data(output.joined())
  }
}
