import Foundation
import TestSupport
import XCTest

/// Completion in the shells themselves, on the program that was built.
final class ShellCompletionTests: XCTestCase {
  private struct Shell {
    let program: Program
    /// A folder for scripts, with `xrun` in it as users have it on their PATH.
    let folder: TemporaryFolder

    init() throws {
      program = try Program()
      folder = try TemporaryFolder()
      try program.experiment()
      // No experiment, so never offered as one.
      try "text".write(toFile: program.folder("other.txt"), atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder("xrun"), withDestinationPath: try Program.path())
    }

    func script(_ shell: String, as name: String) throws {
      let result = try program.run(["--generate-completion-script", shell])
      XCTAssertEqual(result.status, 0)
      XCTAssertTrue(result.output.contains("---complete \(shell)"), result.output)
      try result.output.write(toFile: folder(name), atomically: true, encoding: .utf8)
    }

    /// Runs a text in a shell, in the folder of the small experiment.
    func run(_ shell: String, _ arguments: [String], _ text: String) throws -> String {
      try text.write(toFile: folder("test"), atomically: true, encoding: .utf8)
      let line =
        "cd '\(program.folder.path)' && PATH='\(folder.path)':$PATH && export PATH && "
        + "exec \(shell) \(arguments.joined(separator: " ")) '\(folder("test"))'"
      return try Command("/bin/sh", ["-c", line]).output
    }
  }

  private static func has(_ shell: String) -> Bool {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].contains { Places.exists($0 + shell) }
  }

  func testBash() throws {
    let shell = try Shell()
    try shell.script("bash", as: "completion.bash")
    let text = """
      source '\(shell.folder("completion.bash"))'
      export LC_ALL=C
      # As readline calls it: the words are broken at '=' too.
      try() {
        COMP_LINE=$1 COMP_POINT=${#1}
        read -ra COMP_WORDS <<< "${1//=/ = }"
        [[ $1 == *[=\\ ] ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _xrun
        # Files come in the order of their folder.
        [[ $1 == *= ]] || readarray -t COMPREPLY < <(printf '%s\\n' "${COMPREPLY[@]}" | sort)
        echo "$1|${COMPREPLY[*]}"
      }
      try 'xrun pl'
      try 'xrun sma'
      try 'xrun check '
      try 'xrun check other'
      try 'xrun small.yaml optimizer.l'
      try 'xrun small.yaml optimizer='
      try 'xrun small.yaml freeze.bn=e'
      try 'xrun train small.yaml model.backbone=sq'
      try 'xrun small.yaml transforms.train.ColorJitter.h'
      try 'xrun check --allow eval-s'
      try 'xrun explain RandomRo'
      try 'xrun eval pic'
      try 'xrun report --me'
      try 'xrun report --metric test/l'
      try 'xrun report --baseline pic'
      complete -p xrun

      """
    XCTAssertEqual(
      try shell.run("bash", ["--norc"], text),
      """
      xrun pl|plan
      xrun sma|small.yaml
      xrun check |pictures/ small.yaml
      xrun check other|
      xrun small.yaml optimizer.l|optimizer.lr=
      xrun small.yaml optimizer=|SGD Adam AdamW null
      xrun small.yaml freeze.bn=e|eval
      xrun train small.yaml model.backbone=sq|squeezenet1_0 squeezenet1_1
      xrun small.yaml transforms.train.ColorJitter.h|transforms.train.ColorJitter.hue=
      xrun check --allow eval-s|eval-scale eval-size
      xrun explain RandomRo|RandomRotation
      xrun eval pic|pictures/
      xrun report --me|--metric
      xrun report --metric test/l|test/loss
      xrun report --baseline pic|pictures/
      complete -F _xrun xrun

      """)
  }

  func testFish() throws {
    try XCTSkipUnless(Self.has("fish"), "fish is not installed")
    let shell = try Shell()
    try shell.script("fish", as: "xrun.fish")
    let lines = [
      "xrun pl", "xrun sma", "xrun small.yaml optimizer.l", "xrun small.yaml optimizer=S",
      "xrun small.yaml freeze.bn=e", "xrun check --allow eval-s", "xrun eval pic", "xrun check ",
      "xrun check other",
    ]
    let text =
      "source '\(shell.folder("xrun.fish"))'\n"
      + lines.map { "complete -C '\($0)' | string split -f 1 \\t\n" }.joined()
    XCTAssertEqual(
      try shell.run("fish", ["--no-config"], text).split(separator: "\n").map(String.init),
      [
        "plan", "small.yaml", "optimizer.lr=", "optimizer=SGD", "freeze.bn=eval", "eval-scale",
        "eval-size", "pictures/", "pictures/", "small.yaml",
      ])
  }

  func testZsh() throws {
    try XCTSkipUnless(Self.has("zsh"), "zsh is not installed")
    let shell = try Shell()
    try shell.script("zsh", as: "_xrun")
    // A line is completed in a terminal of zsh's own, and then shown by its first key binding.
    let text = """
      zmodload zsh/zpty
      zpty z 'TERM=dumb zsh -f -i'
      zpty -w z "PS1= PS2=; fpath=('\(shell.folder.path)' \\$fpath); autoload -Uz compinit"
      zpty -w z 'compinit -D -u; bindkey -e; bindkey "^I" complete-word; setopt no_auto_menu'
      zpty -w z 'show() { print -r -- "<$BUFFER>"; BUFFER=; zle .accept-line; }; zle -N show'
      zpty -w z 'bindkey "^X" show; print "REA""DY"'
      zpty -r -m z out '*READY*'
      for line in 'xrun pl' 'xrun sma' 'xrun small.yaml optimizer.l' \\
        'xrun small.yaml optimizer=S' 'xrun small.yaml freeze.bn=e' 'xrun check --allow eval-sc' \\
        'xrun small.yaml model.backbone=tf'; do
        zpty -w -n z "$line"$'\\t\\x18'
        zpty -r -m z out '*<xrun*>*'
        print -r -- "<${${out##*<}%%>*}>"
      done
      zpty -d z

      """
    XCTAssertEqual(
      try shell.run("zsh", ["-f"], text).split(separator: "\n").map(String.init),
      [
        "<xrun plan >", "<xrun small.yaml >", "<xrun small.yaml optimizer.lr=>",
        "<xrun small.yaml optimizer=SGD >", "<xrun small.yaml freeze.bn=eval >",
        "<xrun check --allow eval-scale >",
        "<xrun small.yaml model.backbone=tf_efficientnet_lite0 >",
      ])
  }

  func testInstallPutsTheScriptsWhereShellsLook() throws {
    let shell = try Shell()
    let installed = try Command(
      Places.repository + "/Tools/install-completion.sh",
      [try Program.path(), shell.folder("share")])
    XCTAssertEqual(installed.status, 0, installed.output)
    for (name, path) in [
      ("bash", "bash-completion/completions/xrun"), ("zsh", "zsh/site-functions/_xrun"),
      ("fish", "fish/vendor_completions.d/xrun.fish"),
    ] {
      XCTAssertEqual(
        try String(contentsOfFile: shell.folder("share/" + path), encoding: .utf8),
        try shell.program.run(["--generate-completion-script", name]).output)
    }
  }

  func testAnUnknownShellIsRefused() throws {
    let result = try Program().run(["--generate-completion-script", "tcsh"])
    XCTAssertNotEqual(result.status, 0)
    XCTAssertFalse(result.output.contains("---complete"))
  }
}
