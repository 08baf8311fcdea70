/// The shells' side of completion: short scripts that ask the program what may stand at the cursor.
///
/// The program answers `xrun ---complete SHELL WORD…` with a line for each candidate. So a script
/// never grows stale, and `xrun FILE key=value`, which has no verb, is completed as well.
package enum CompletionScript: String, CaseIterable, Sendable {
  case bash, zsh, fish

  package var text: String {
    switch self {
    case .bash: Self.bashText
    case .zsh: Self.zshText
    case .fish: Self.fishText
    }
  }

  private static let bashText = #"""
    # Completion of xrun for bash.
    _xrun() {
      local line kind= word isOpen=1
      COMPREPLY=()
      while IFS= read -r line; do
        case $line in
          :yaml | :any | :folders) kind=${line#:} ;;
          *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
      done < <("${COMP_WORDS[0]}" ---complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
      if [[ $kind ]]; then
        while IFS= read -r line; do
          printf -v word %q "$line"
          word=${word/#\\~/\~}
          if [[ -d ${line/#\~\//$HOME/} ]]; then
            COMPREPLY+=("$word/")
          elif [[ $kind == any || $kind == yaml && $line == *.@(yaml|yml) ]]; then
            COMPREPLY+=("$word")
          fi
        done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
      fi
      # No space where the word goes on.
      for word in "${COMPREPLY[@]}"; do [[ $word == *[=./] ]] || isOpen=; done
      [[ $isOpen ]] && compopt -o nospace 2>/dev/null
      return 0
    }
    complete -F _xrun xrun

    """#

  private static let zshText = #"""
    #compdef xrun
    # Completion of xrun for zsh.
    _xrun() {
      local line word doc
      local -a open closed kinds
      # Words as the program would get them, up to the cursor.
      local -a before=("${(@Q)words[1,CURRENT-1]}")
      for line in "${(@f)$("${(Q)words[1]}" ---complete zsh "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        word=${line%%$'\t'*}
        doc=
        [[ $line == *$'\t'* ]] && doc=${line#*$'\t'}
        case $word in
          '') ;;
          :yaml|:any|:folders) kinds+=(${word#:}) ;;
          *[=./]) open+=("${word//:/\\:}${doc:+:$doc}") ;;
          *) closed+=("${word//:/\\:}${doc:+:$doc}") ;;
        esac
      done
      local -i ret=1
      (( $#closed )) && _describe -V 'argument' closed && ret=0
      (( $#open )) && _describe -V 'key' open -S '' && ret=0
      (( ${kinds[(I)yaml]} )) && _files -g '*.(yaml|yml)(-.)' && ret=0
      (( ${kinds[(I)any]} )) && _files && ret=0
      (( ${kinds[(I)folders]} )) && _files -/ && ret=0
      return ret
    }
    if [[ $funcstack[1] == _xrun ]]; then _xrun "$@"; else compdef _xrun xrun; fi

    """#

  private static let fishText = #"""
    # Completion of xrun for fish. What no command is named like gets fish's own file names.
    function __xrun_complete
        set -l before (commandline -opc)
        set -l current (commandline -ct)
        for line in (command $before[1] ---complete fish $before "$current" 2>/dev/null)
            switch $line
                case :yaml
                    complete -C "__xrun_no_command $current" | string match -er '^[^\t]*(?:/|\.ya?ml)(?:\t|$)'
                case :any
                    complete -C "__xrun_no_command $current"
                case :folders
                    __fish_complete_directories "$current"
                case '*'
                    printf '%s\n' $line
            end
        end
    end
    complete -c xrun -f -k -a '(__xrun_complete)'

    """#
}
