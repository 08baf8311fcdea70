import Diagnostics

/// What a network says of one picture that somebody asked about, or why it says nothing.
package struct Answer: Sendable, Hashable {
  /// A class with its probability.
  package struct Guess: Sendable, Hashable {
    /// The class folder.
    package let label: String
    /// What the class is called: the folder where nobody named it.
    package let name: String
    package let probability: Float

    package init(label: String, name: String, probability: Float) {
      self.label = label
      self.name = name
      self.probability = probability
    }
  }

  /// Why a picture was not read.
  package struct Problem: Sendable, Hashable {
    package let code: Diagnostic.Code
    /// Follows the path: `is not a picture`.
    package let words: String
    /// One line of what to do.
    package let help: String?

    package init(_ code: Diagnostic.Code, _ words: String, help: String?) {
      self.code = code
      self.words = words
      self.help = help
    }
  }

  /// As it was given, or found below a folder that was.
  package let path: String
  /// The likeliest first; empty where the picture was not read.
  package let guesses: [Guess]
  package let problem: Problem?

  package init(path: String, guesses: [Guess]) {
    self.path = path
    self.guesses = guesses
    problem = nil
  }

  package init(path: String, problem: Problem) {
    self.path = path
    guesses = []
    self.problem = problem
  }
}
