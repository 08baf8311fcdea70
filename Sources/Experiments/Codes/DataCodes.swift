import Diagnostics

/// What can be wrong with the pictures, their folders and their names. No experiment file shows it.
enum DataCodes {
  static let pages: [CodePage] = [
    CodePage(
      "bad-class-names", "The file of class names cannot be used",
      text: """
        `data.class_names` is a JSON object from class folder to name, such as `{"1": "pink primrose"}`. The \
        message says what is wrong and where.
        """),
    CodePage(
      "class-without-name", .warning, "The file of class names leaves out some classes",
      text: "Their folder names are shown in their stead. Training is not changed."),
    CodePage(
      "class-missing-in-split", .warning, "A split has no pictures of some classes",
      text: """
        Its metrics say nothing about these classes, and its accuracy cannot be compared with that of another \
        split. Classes are matched by name, so their numbers stay the same in all splits.
        """),
    CodePage(
      "unknown-class",
      "A split has a class that the training pictures lack, or 'classes' names one that is not there",
      text: """
        torchvision numbers the folders of each split by itself, so that one folder more in `val` silently shifts \
        all the labels behind it. Rename or remove the folder, or add the class to the training pictures.
        """),
    CodePage(
      "no-classes", "The folder of a split has no class folders",
      text:
        "Remove the folder where it is not meant to be a split. Put the pictures of each class into a folder of its own: `train/daisy/1.jpg`."
    ),
    CodePage(
      "no-pictures", "A folder that was named has no pictures in it or below it",
      text: """
        `xrun predict` looks into folders for files that end like pictures, as in torchvision, and leaves out hidden \
        ones. A file that is named itself is read whatever it is called.
        """),
    CodePage(
      "empty-class", "A class folder has no pictures",
      text: """
        A class without pictures cannot be learned, but would have its place in the network. Files count as \
        pictures by the ends of their names, as in torchvision.
        """),
    CodePage(
      "ignored-files", .warning, "Class folders hold files that are not read as pictures",
      text: """
        They are left out; the message counts them for each split and names one. Remove them to be rid of it. \
        Hidden files, such as the `._1.jpg` that macOS leaves on other disks, are left out too. Those with a \
        picture's ending are counted, because torchvision would read them; others are left out without a word.
        """
    ),
    CodePage(
      "misnamed-picture", .warning, "A picture's content is of another format than its name says",
      text: "It is read as what it is. Rename it to be rid of the message."),
    CodePage(
      "undecodable-picture", "A picture cannot be decoded",
      text: """
        All pictures are looked at before training starts, so that a run does not end in its second hour. The \
        message names the file and the reason, such as a download that was cut short. Repair or remove the file; \
        xrun never changes your data.
        """),
    CodePage(
      "unreadable-file", "A file in a class folder cannot be looked at",
      text: """
        Often it is a symbolic link to a file that is gone, or permission is missing. Pipes, sockets and devices \
        named like pictures are none. A name must be UTF-8; bytes that are no text are shown as `\\xE4`.
        """),
    CodePage(
      "unreadable-folder", "A folder of the data cannot be read",
      text: """
        The message has the reason, such as a missing permission, or a symbolic link that leads back to a folder \
        above it: walking through it would find the same pictures again and again.
        """),
    CodePage(
      "unused-split", .warning,
      "There is a validation folder, but a part of the training pictures validates",
      text: """
        With `data.splits.val: {fraction: …}` the folder `val` is not looked at. If that is not meant, name the \
        folder: `val: val`.
        """),
    CodePage(
      "unwritable-cache", "The embedded pictures cannot be written to the cache",
      text: """
        `data.builtin` writes its pictures once, below `$XDG_CACHE_HOME/xrun` or `~/.cache/xrun`. The message has \
        the path and the system's reason, such as a full disk.
        """),
  ]
}
