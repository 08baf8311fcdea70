/// One line of a `.jsonl` file: numbers and words by name.
package struct RunLine: Sendable {
  /// What is no number in the file, as `null` is not, is not a number.
  package let numbers: RunRow<Double>
  package let words: RunRow<String>
}

/// Values by name, in the order of the file. Lines of one form share their names.
package struct RunRow<Value: Sendable>: Sendable, Sequence {
  let names: RunRowNames
  let values: [Value]

  package subscript(name: String) -> Value? {
    for (index, own) in names.all.enumerated() where own == name { return values[index] }
    return nil
  }

  package var keys: [String] { names.all }

  package func makeIterator() -> IndexingIterator<[(key: String, value: Value)]> {
    zip(names.all, values).map { (key: $0, value: $1) }.makeIterator()
  }
}

/// The names of a line's values. A class, since thousands of lines have the same.
final class RunRowNames: Sendable {
  let all: [String]
  init(_ all: [String]) { self.all = all }
}
