/// What really happens in a recorded clip: the label file beside it, whose fields docs/accuracy.md describes.
///
/// Times are seconds from the clip's first picture.
public struct ClipLabels: Sendable, Hashable {
  public struct Span: Sendable, Hashable {
    public var kind: AlertKind
    public var from: Double
    /// Infinite if the file leaves it out: to the end of the clip.
    public var to: Double
    /// Kinds that are equally good answers.
    public var others: [AlertKind]

    public init(kind: AlertKind, from: Double, to: Double, others: [AlertKind] = []) {
      self.kind = kind
      self.from = from
      self.to = to
      self.others = others
    }
  }

  /// Time in which the student's page sends no pictures.
  public struct Gap: Sendable, Hashable {
    public enum Way: String, Sendable, Codable, CaseIterable {
      case silent
      /// The connection breaks as well.
      case dropped
    }

    public var from: Double
    public var to: Double
    public var how: Way

    public init(from: Double, to: Double, how: Way) {
      self.from = from
      self.to = to
      self.how = how
    }
  }

  /// What the student's page reports.
  public struct Change: Sendable, Hashable {
    public var at: Double
    public var report: PageReport

    public init(at: Double, report: PageReport) {
      self.at = at
      self.report = report
    }
  }

  public var condition: String
  public var group: String
  public var events: [Span]
  public var tolerated: [Span]
  public var upload: [Gap]
  public var status: [Change]

  public init(
    condition: String = "unnamed", group: String = "everybody", events: [Span] = [], tolerated: [Span] = [],
    upload: [Gap] = [], status: [Change] = []
  ) {
    self.condition = condition
    self.group = group
    self.events = events
    self.tolerated = tolerated
    self.upload = upload
    self.status = status
  }

  /// What has no end of its own ends with the clip.
  mutating func end(at seconds: Double) {
    func end(_ spans: inout [Span]) {
      for index in spans.indices { spans[index].to = min(spans[index].to, seconds) }
    }
    end(&events)
    end(&tolerated)
    for index in upload.indices { upload[index].to = min(upload[index].to, seconds) }
  }
}

// MARK: The file

extension ClipLabels: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case condition, group, groups, face, source, events, tolerated, upload, status, note
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(onlyKeysOf: Key.self)
    condition = try fields.decodeIfPresent(String.self, forKey: .condition) ?? "unnamed"
    group = try fields.decodeIfPresent(String.self, forKey: .group) ?? "everybody"
    events = try fields.decode([Span].self, forKey: .events)
    tolerated = try fields.decodeIfPresent([Span].self, forKey: .tolerated) ?? []
    upload = try fields.decodeIfPresent([Gap].self, forKey: .upload) ?? []
    status = try fields.decodeIfPresent([Change].self, forKey: .status) ?? []
  }
}

extension ClipLabels.Span: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case kind, from, to, or, face, note }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(onlyKeysOf: Key.self)
    kind = try fields.decodeChoice(.kind)
    others = try fields.decodeIfPresent([AlertKind].self, forKey: .or) ?? []
    (from, to) = try fields.decodePeriod(.from, .to)
  }
}

extension ClipLabels.Gap: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case from, to, how }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(onlyKeysOf: Key.self)
    how = try fields.decodeChoice(.how)
    (from, to) = try fields.decodePeriod(.from, .to)
  }
}

extension ClipLabels.Change: Decodable {
  private enum Key: String, CodingKey { case at }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    at = try fields.decodeTime(.at)
    report = try PageReport(from: decoder)
    guard !report.isEmpty else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "says nothing that a page reports"))
    }
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// A misspelt field would silently mean nothing.
  fileprivate func container<Key: CodingKey & CaseIterable>(
    onlyKeysOf keys: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Key.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: codingPath + [key],
          debugDescription: "is not a field of a label file; known are \(known.joined(separator: ", "))"))
    }
    return try container(keyedBy: keys)
  }
}

extension KeyedDecodingContainer {
  fileprivate func decodeChoice<Value: RawRepresentable<String> & CaseIterable>(_ key: Key) throws -> Value {
    let word = try decode(String.self, forKey: key)
    guard let value = Value(rawValue: word) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "there is no \(word); it is one of \(known)")
    }
    return value
  }

  fileprivate func decodeTime(_ key: Key) throws -> Double {
    let time = try decode(Double.self, forKey: key)
    guard time >= 0, time < 1_000_000 else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "\(time) is not in the clip; it is seconds from its beginning")
    }
    return time
  }

  fileprivate func decodePeriod(_ from: Key, _ to: Key) throws -> (Double, Double) {
    let start = try decodeTime(from)
    let end = try contains(to) ? decodeTime(to) : .infinity
    guard start < end else {
      throw DecodingError.dataCorruptedError(
        forKey: to, in: self, debugDescription: "\(end) is not after its beginning, \(start)")
    }
    return (start, end)
  }
}
