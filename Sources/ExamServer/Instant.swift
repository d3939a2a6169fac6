/// A moment by the clock that nobody sets, and that goes on while the machine sleeps: all waiting is measured by it.
typealias Instant = ContinuousClock.Instant
