/// At most three decimals, and no more than the number has.
func short(_ value: Double) -> String {
  let rounded = thousandths(value)
  return rounded == rounded.rounded() && abs(rounded) < 1e9 ? String(Int(rounded)) : String(rounded)
}

/// A number rounded to three decimals.
func thousandths(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
