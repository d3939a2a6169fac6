/// What a report looks like and says, from the folder of the pages.
struct ReportLook: Sendable {
  let words: TextCatalogue
  let style: ReportStyle
}
