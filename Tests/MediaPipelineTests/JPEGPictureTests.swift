import ExamModel
import Foundation
import GLibRuntime
import Testing

@testable import MediaPipeline

/// What cameras and phones send as JPEG, and what nobody should send.
@Suite(.timeLimit(.minutes(2))) struct JPEGPictureTests {
  private func read(_ bytes: [UInt8]) -> JPEGPicture.Reading {
    bytes.withUnsafeBytes { JPEGPicture.read($0) }
  }

  private func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try [UInt8](Data(contentsOf: folder.appending(path: "\(name).jpg")))
  }

  /// The first picture for the face check, and what happened to the message.
  private func decode(_ bytes: [UInt8]) async throws -> (result: IngestResult, picture: AnalysisPicture?) {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "image-jpeg", recorder)
    let result = live.ingest.push(bytes)
    if result == .accepted { #expect(await eventually { !recorder.now.analysis.isEmpty }) }
    await live.stop()
    #expect(recorder.now.failures.isEmpty)
    return (result, recorder.now.analysis.first)
  }

  // MARK: After the picture

  @Test(arguments: [
    ("trail_one_zero", 23323), ("trail_zeros", 23323), ("motion_photo", 23323), ("no_dht", 25395),
  ])
  func whatComesBehindAPictureIsNoPartOfIt(name: String, count: Int) async throws {
    let bytes = try fixture(name)
    guard case .picture(let picture) = read(bytes) else {
      Issue.record("\(read(bytes))")
      return
    }
    #expect(picture.byteCount <= count && bytes[picture.byteCount - 2..<picture.byteCount] == [0xff, 0xd9])
    #expect(try await decode(bytes).picture?.width == 320)
  }

  /// Truncated ones stay refused, wherever they end: a thumbnail has its own end marker.
  @Test func whatEndsBeforeItsEndIsNoPicture() throws {
    let thumbnail = JPEGWriter(width: 16, height: 16).bytes
    let whole = JPEGWriter(color: JPEGWriter.quarter, segments: JPEGWriter.segment(0xe2, thumbnail)).bytes
    guard case .picture(let picture) = read(whole) else {
      Issue.record("\(read(whole))")
      return
    }
    #expect(picture == JPEGPicture(width: 320, height: 240, orientation: 1, byteCount: whole.count))
    for count in 0..<whole.count {
      guard case .malformed = read(Array(whole.prefix(count))) else {
        Issue.record("\(count) of \(whole.count) bytes were taken")
        return
      }
    }
  }

  // MARK: Colours

  @Test(
    arguments: [
      [0x22, 0x11, 0x11], [0x21, 0x11, 0x11], [0x12, 0x11, 0x11], [0x11, 0x11, 0x11], [0x11],
    ] as [[UInt8]], [(320, 240), (301, 227)])
  func coloursComeOutAsTheyWere(samplings: [UInt8], size: (Int, Int)) async throws {
    let writer = JPEGWriter(
      width: size.0, height: size.1, samplings: samplings, color: JPEGWriter.quarter)
    let picture = try #require(try await decode(writer.bytes).picture)
    #expect((picture.width, picture.height) == size)
    for (index, expected) in JPEGWriter.quarters.enumerated() {
      let color = picture.color(x: index % 2 == 0 ? 0.25 : 0.75, y: index < 2 ? 0.25 : 0.75)
      let wanted = samplings.count == 1 ? [expected[0], 128, 128] : expected
      #expect(zip(color, wanted).allSatisfy { abs($0 - $1) <= 16 }, "\(samplings): \(color) for \(wanted)")
    }
  }

  @Test(
    arguments: [
      [0x41, 0x11, 0x11], [0x42, 0x11, 0x11], [0x14, 0x11, 0x11], [0x22, 0x21, 0x11], [0x11, 0x22, 0x22],
      [0x31, 0x11, 0x11], [0x00, 0x11, 0x11], [0x22],
    ] as [[UInt8]])
  func samplingsThatDecodersGetWrongAreRefused(samplings: [UInt8]) async throws {
    var writer = JPEGWriter(samplings: [0x11, 0x11, 0x11])
    let good = writer.bytes
    writer.samplings = samplings
    // Only the header: what follows it does not matter.
    let start = try #require(good.firstRange(of: [0xff, 0xc0]))
    var bytes = good
    bytes.replaceSubrange(start.lowerBound..<start.lowerBound + 19, with: writer.frameHeader)
    guard case .refused(let reason) = try await decode(bytes).result else {
      Issue.record("taken")
      return
    }
    #expect(reason.hasSuffix("save it with 4:2:0, 4:2:2 or 4:4:4"))
  }

  @Test func whatHasFourColoursIsRefused() async throws {
    #expect(
      try await decode(fixture("cmyk")).result == .refused("a JPEG in CMYK colours; save it in RGB colours"))
  }

  // MARK: Orientation

  /// Which quarter of the stored picture is at the top left, top right, bottom left and bottom right (Exif 2.3, tag
  /// Orientation: which sides the row and the column number 0 are).
  private static let upright = [
    1: [0, 1, 2, 3], 2: [1, 0, 3, 2], 3: [3, 2, 1, 0], 4: [2, 3, 0, 1], 5: [0, 2, 1, 3], 6: [2, 0, 3, 1],
    7: [3, 1, 2, 0], 8: [1, 3, 0, 2],
  ]

  @Test(arguments: 1...8, [true, false]) func everybodySeesItUpright(value: Int, isLittleEndian: Bool)
    async throws
  {
    let writer = JPEGWriter(orientation: (value, isLittleEndian), color: JPEGWriter.quarter)
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "image-jpeg", recorder)
    for view in PictureView.allCases { live.setRate(.infinity, view: view) }
    // Between others, which are not to be turned.
    for bytes in [JPEGWriter(color: JPEGWriter.quarter).bytes, writer.bytes, JPEGWriter().bytes] {
      let before = recorder.now
      #expect(live.ingest.push(bytes) == .accepted)
      #expect(
        await eventually {
          let now = recorder.now
          return now.analysis.count > before.analysis.count && now.tiles.count > before.tiles.count
            && now.focus.count > before.focus.count
        })
    }
    await live.stop()
    let seen = recorder.now
    let size = value > 4 ? (width: 240, height: 320) : (width: 320, height: 240)
    #expect(seen.analysis[1].width == size.width && seen.analysis[1].height == size.height)
    #expect(seen.tiles[1].width == size.width && seen.tiles[1].height == size.height)
    #expect(seen.focus[1].width == size.width && seen.focus[1].height == size.height)
    #expect(seen.tiles[2].width == 320 && seen.tiles[2].height == 240)
    let tile = try await decode(seen.tiles[1].jpeg.withUnsafeBytes { [UInt8]($0) }).picture
    let focus = try await decode(seen.focus[1].jpeg.withUnsafeBytes { [UInt8]($0) }).picture
    for picture in [seen.analysis[1], tile, focus] {
      for (place, quarter) in Self.upright[value]!.enumerated() {
        let color = picture?.color(x: place % 2 == 0 ? 0.25 : 0.75, y: place < 2 ? 0.25 : 0.75) ?? []
        let wanted = JPEGWriter.quarters[quarter]
        #expect(
          zip(color, wanted).allSatisfy { abs($0 - $1) <= 16 },
          "\(value): \(color) at \(place), not \(wanted)")
      }
    }
  }

  @Test func damagedExifSaysNothing() {
    let whole = JPEGWriter(orientation: (6, true)).exif.dropFirst(4)
    #expect(Array(whole).withUnsafeBytes { ExifOrientation.read($0) } == 6)
    for count in 0..<whole.count {
      let value = Array(whole.prefix(count)).withUnsafeBytes { ExifOrientation.read($0) }
      #expect(value == nil || value == 6)
    }
    for position in whole.indices {
      var bytes = Array(whole)
      for byte: UInt8 in [0, 0x7f, 0xff] {
        bytes[position - whole.startIndex] = byte
        let value = bytes.withUnsafeBytes { ExifOrientation.read($0) }
        #expect(value.map { (1...8).contains($0) } ?? true)
      }
    }
    // No TIFF data, and a value that is not a 16-bit number.
    for (position, byte) in [(8, 43), (18, 4)] as [(Int, UInt8)] {
      var bytes = Array(whole)
      bytes[position] = byte
      #expect(bytes.withUnsafeBytes { ExifOrientation.read($0) } == nil)
    }
  }

  @Test func ofTwoOrientationsTheFirstCounts() {
    let second = JPEGWriter(orientation: (3, false)).exif
    guard case .picture(let picture) = read(JPEGWriter(orientation: (6, true), segments: second).bytes) else {
      Issue.record("refused")
      return
    }
    #expect(picture.orientation == 6)
  }

  // MARK: False headers

  @Test(arguments: [0x01, 0x02, 0xbf, 0xc8, 0xd0, 0xd7, 0xd8, 0xdc, 0xde, 0xdf, 0xf0] as [UInt8])
  func aMarkerWithoutAPlaceIsRefused(marker: UInt8) {
    let writer = JPEGWriter()
    let rest = Array(writer.bytes.dropFirst(2))
    guard case .malformed = read([0xff, 0xd8, 0xff, marker] + rest) else {
      Issue.record("taken")
      return
    }
    guard case .picture = read([0xff, 0xd8, 0xff, 0xff, 0xff] + rest) else {
      Issue.record("fill bytes are nothing")
      return
    }
  }

  @Test(arguments: [0, 1] as [UInt8]) func aMarkerShorterThanItsLengthIsRefused(length: UInt8) {
    let rest = Array(JPEGWriter().bytes.dropFirst(2))
    #expect(
      read([0xff, 0xd8, 0xff, 0xe0, 0, length] + rest) == .malformed("a JPEG marker of \(length) bytes"))
    #expect(read([0xff, 0xd8, 0xff, 0xe0, 0, length]) == .malformed("a JPEG marker of \(length) bytes"))
  }

  @Test func oneFrameHeaderAndOneScanOfEachColour() {
    let writer = JPEGWriter()
    let start: [UInt8] = [0xff, 0xd8] + JPEGWriter.tables
    let end: [UInt8] = [0xff, 0xd9]
    func alone(_ component: UInt8) -> [UInt8] {
      JPEGWriter.segment(0xda, [1, component, 0, 0, 63, 0]) + [0x55]
    }
    guard case .picture = read(start + writer.frameHeader + alone(1) + alone(2) + alone(3) + end) else {
      Issue.record("a scan for each is good")
      return
    }
    var (deep, twice) = (writer.frameHeader, writer.frameHeader)
    deep[4] = 12
    twice[13] = twice[10]
    for (parts, reason) in [
      (deep + writer.scanHeader, "a JPEG with 12 bits a colour; save it with 8"),
      (twice + alone(1) + alone(3), "a JPEG with a damaged frame header"),
      (writer.frameHeader + writer.frameHeader + writer.scanHeader, "a JPEG with two frame headers"),
      (writer.frameHeader + writer.scanHeader + [0x55] + writer.frameHeader, "a JPEG with two frame headers"),
      (writer.frameHeader + alone(1) + alone(1), "a JPEG that brings its colours more than once"),
      (writer.scanHeader + writer.frameHeader, "a JPEG without a frame header before its picture"),
      (writer.frameHeader + alone(1) + alone(2), "a truncated JPEG: it ends before its end of image"),
      (writer.frameHeader, "a truncated JPEG: it ends before its end of image"),
    ] {
      #expect(read(start + parts + end) == .malformed(reason))
    }
  }
}

extension AnalysisPicture {
  /// Mean of 5x5 pixels there, from 0 to 1 each: luma and both chromas.
  fileprivate func color(x: Double, y: Double) -> [Int] {
    let chroma = (width: (width + 1) / 2, height: (height + 1) / 2)
    let planes = [
      (0, width, height), (width * height, chroma.width, chroma.height),
      (width * height + chroma.width * chroma.height, chroma.width, chroma.height),
    ]
    return planes.map { start, width, height in
      var sum = 0
      for dy in -2...2 {
        for dx in -2...2 {
          sum += Int(pixels[start + (Int(y * Double(height)) + dy) * width + Int(x * Double(width)) + dx])
        }
      }
      return sum / 25
    }
  }
}
