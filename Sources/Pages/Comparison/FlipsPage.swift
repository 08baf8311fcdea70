import Diagnostics
import Reports

/// A sheet of the pictures of two runs that one of them alone got right, for each split that both have predicted.
package enum FlipsPage {
  package static func html(_ difference: RunDifference, threads: Int) -> String {
    let names = [difference.first, difference.second].map(\.folder.name)
    let sections = difference.pictures.filter(\.problems.isEmpty).map { pairs in
      FlipsSection.section(
        pairs, title: "Flipped \(pairs.split) pictures", anchor: pairs.split, threads: threads)
    }
    let header: HTML = """
      <p class="over">xrun diff</p>
      <h1>\(names[0]) and \(names[1])</h1>
      """
    let nothing = Page.Section(
      "flips", "Flipped pictures",
      "<p class=\"note warn\">The runs have no predictions of the same pictures.</p>")
    return Page(
      title: names.joined(separator: " and "), header: header,
      sections: sections.isEmpty ? [nothing] : sections
    ).html
  }
}
