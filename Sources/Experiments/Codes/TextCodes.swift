import Diagnostics

/// What can be wrong with a file before anything in it has a meaning: bytes, YAML, aliases.
enum TextCodes {
  static let pages: [CodePage] = [
    CodePage(
      "bad-indentation", "A key or a dash stands in a column where YAML expects none",
      text: """
        YAML reads nesting from columns: the keys of one mapping start in one column, and so do the dashes of one \
        list. One space too many makes a key the child of its neighbour, which already has a value.

        Move the marked line so that it lines up with the lines that it belongs to. Two spaces per level are usual.
        """,
      wrong: .init(
        "train",
        """
        train:
          batch_size: 64
            shuffle: true
        """),
      right: .init(
        "train",
        """
        train:
          batch_size: 64
          shuffle: true
        """)),
    CodePage(
      "complex-key", "A key is a list or a mapping instead of a word",
      text: """
        Keys of the language are words. A bracket or brace in a key's place is most often a forgotten name before it.
        """,
      wrong: .init("train", "train: {[batch_size]: 64}"),
      right: .init("train", "train: {batch_size: 64}")),
    CodePage(
      "control-character", "The text holds a character that YAML does not allow",
      text: """
        Such characters are invisible and come in by copying from a terminal, a PDF or a chat. YAML forbids them \
        outside of escapes, so nothing in the file is read.

        Delete the marked character. If it is meant, write it as an escape in double quotes, such as `"\\x07"`.
        """),
    CodePage(
      "duplicate-key", "A mapping has the same key twice",
      text: """
        Most YAML readers keep the last of the two without a word, so that one of two values is never used. Both \
        places are shown; remove one.
        """,
      wrong: .init(
        "train",
        """
        train:
          batch_size: 64
          batch_size: 128
        """),
      right: .init("train", "train: {batch_size: 128}")),
    CodePage(
      "empty-document", "The file holds nothing but space and comments",
      text:
        "An experiment needs at least `name`, `data`, `transforms`, `model`, `optimizer` and `epochs`.",
      wrong: .init(nil, "# my first experiment")),
    CodePage(
      "file-too-large", "The file is larger than any experiment",
      text: """
        An experiment may have 4 MiB, a thousand times what a long one has. Probably another file was named, such \
        as a list of pictures or weights.
        """),
    CodePage(
      "invalid-utf8", "The file's bytes are not UTF-8",
      text: """
        The file was saved in another encoding, such as Latin-1, or it is no text at all. Save it as UTF-8; the \
        place of the first wrong byte is shown.
        """),
    CodePage(
      "merge-conflict", "The file holds the marks of a merge that nobody resolved",
      text: """
        git writes both versions into a file where it cannot choose, between lines of `<`, `=` and `>`. Keep what is \
        right of the two, and remove the lines with the marks.
        """,
      wrong: .init(
        "epochs",
        """
        <<<<<<< HEAD
        epochs: 5
        =======
        epochs: 8
        >>>>>>> longer
        """),
      right: .init("epochs", "epochs: 8")),
    CodePage(
      "recursive-alias", "An alias stands inside the value that it stands for",
      text:
        "`&name` names a value and `*name` repeats it; a value that holds itself would never end.",
      wrong: .init("tags", "tags: &all [flowers, *all]"),
      right: .init("tags", "tags: [flowers]")),
    CodePage(
      "several-documents", "A file holds more than one YAML document",
      text:
        "A line `---` starts a new document. An experiment is one document; put each into a file of its own.",
      wrong: .init(
        "notes",
        """
        notes: the first
        ---
        name: second
        """)),
    CodePage(
      "syntax", "The text is not YAML",
      text: """
        A bracket, brace or quote is left open, a comma or a colon is missing, or a value starts with a character \
        that has a meaning in YAML. The place is where YAML gave up; the cause is there or on the line above.

        Text with `: `, ` #`, or one of `[]{}*&!|>%@` at its beginning needs quotes.
        """,
      wrong: .init("optimizer", "optimizer: {Adam: {lr: 1e-3}"),
      right: .init("optimizer", "optimizer: {Adam: {lr: 1e-3}}")),
    CodePage(
      "tab", "A tab stands where YAML wants spaces",
      text: """
        YAML does not allow tabs in indentation, since nobody can say how wide they are. Set the editor to insert \
        spaces.
        """,
      wrong: .init("train", "train:\n\tbatch_size: 64"),
      right: .init("train", "train:\n  batch_size: 64")),
    CodePage(
      "too-deep", "Lists and mappings are nested too deeply",
      text:
        "The limit is 64 levels; the language itself needs about six. Look for brackets typed too often."
    ),
    CodePage(
      "too-many-aliases", "Aliases would blow the file up",
      text: """
        Every `*name` repeats the value of `&name`; a few lines of aliases of aliases can stand for billions of \
        values. The limit is 20,000 values that aliases add.
        """,
      wrong: .init(
        "tags",
        """
        tags:
          - &a [x, x, x, x, x, x, x, x, x, x]
          - &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
          - &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
          - &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
          - &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
        """)),
    CodePage(
      "unknown-anchor", "An alias names an anchor that is not above it",
      text: """
        `*name` repeats what `&name` names, and the anchor must come first. Anchors do not reach from one file into \
        another; for that there is `extends`. A word that only begins with `*`, such as a glob, needs quotes.
        """,
      wrong: .init("tags", "tags: [flowers, *common]"),
      right: .init("tags", "tags: [flowers, baseline]")),
    CodePage(
      "unknown-tag", "A YAML tag has no meaning here",
      text: """
        Tags such as `!python/object` ask a reader to build something. xrun knows only those of plain YAML, such as \
        `!!str`. A word that only begins with `!` needs quotes.
        """,
      wrong: .init("notes", "notes: !important look at the last class"),
      right: .init("notes", "notes: look at the last class")),
  ]
}
