import Foundation

/// A place in a container that affects how everything after it is read.
struct ContainerMark: Equatable {
  enum Kind: Equatable {
    /// The header of a container.
    case beginning
    /// A place after the header from which decoding can start without what came before: a cluster, a fragment, a page.
    case joint
  }

  let kind: Kind
  /// Offset of its first byte.
  let offset: Int

  /// The most that any pattern reads.
  static let longest = 32

  /// A pattern for one kind of mark: constant bytes, and what must come before and after them.
  struct Pattern: Sendable {
    typealias Read = @Sendable (_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Kind?

    let magic: [UInt8]
    /// Offset of the constant bytes in the mark.
    let magicOffset: Int
    /// Nil if it is not a mark, or incomplete.
    let read: Read

    init(_ magic: [UInt8], behind magicOffset: Int = 0, read: @escaping Read) {
      self.magic = magic
      self.magicOffset = magicOffset
      self.read = read
    }
  }

  /// Finds the marks of a container in some bytes, in order, in one pass however many there are.
  struct Scanner {
    private let bytes: UnsafeRawBufferPointer
    private let patterns: [Pattern]
    /// The next mark of each pattern.
    private var next: [ContainerMark?]
    /// Where the next search begins.
    private(set) var position: Int

    init(_ format: ContainerFormat, in bytes: UnsafeRawBufferPointer, from start: Int) {
      self.bytes = bytes
      patterns = format.patterns
      position = start
      next = patterns.map { Self.first(of: $0, in: bytes, from: start) }
    }

    mutating func nextMark() -> ContainerMark? {
      guard
        let index = next.indices.filter({ next[$0] != nil }).min(by: { next[$0]!.offset < next[$1]!.offset }),
        let mark = next[index]
      else { return nil }
      position = mark.offset + 1
      next[index] = Self.first(of: patterns[index], in: bytes, from: position)
      return mark
    }

    private static func first(
      of pattern: Pattern, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> ContainerMark? {
      guard let base = bytes.baseAddress else { return nil }
      var search = start + pattern.magicOffset
      let length = pattern.magic.count
      while search + length <= bytes.count,
        let found = memchr(base + search, Int32(pattern.magic[0]), bytes.count - search - length + 1)
      {
        search = UnsafeRawPointer(found) - base
        let offset = search - pattern.magicOffset
        if memcmp(found, pattern.magic, length) == 0, let kind = pattern.read(bytes, offset) {
          return ContainerMark(kind: kind, offset: offset)
        }
        search += 1
      }
      return nil
    }
  }
}
