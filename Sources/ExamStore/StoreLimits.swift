/// Limits on what a store does at a time when others need the machine.
struct StoreLimits {
  /// Entries and bytes of pictures held in memory while the disk does not accept them.
  var entries = 100_000
  var pictureBytes = 64 << 20
  /// On disk, unless configured.
  var pictures = PictureQuota(
    exam: .init(pictures: 5000, bytes: 500_000_000), all: .init(pictures: 200_000, bytes: 20_000_000_000))
  /// Up to this many pages, of 4 KiB, a database is rewritten after an erasure even during an exam: that takes about a
  /// tenth of a second, in which writers wait.
  var pagesRebuiltAtAnyTime = 4096
}
