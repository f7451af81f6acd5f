namespace FastRun.Cli.Completion;

/// <summary>What shells read once. All that is known of command lines they ask for at the time, in <c>fastrun __complete</c>.</summary>
internal static class CompletionScripts
{
    /// <summary>
    /// Bash breaks words at colons and equals signs (COMP_WORDBREAKS), so the words are taken from the line up to the cursor anew,
    /// and what precedes the break is taken off the answers.
    /// </summary>
    internal const string Bash = """
        # Completion of fastrun for bash.
        _fastrun() {
          local line=${COMP_LINE:0:COMP_POINT} words=() current cut prefix word
          read -r -a words <<<"$line"
          [[ $line == *[[:space:]] ]] && words+=("")
          current=${words[-1]}
          cut=${COMP_WORDS[COMP_CWORD]}
          [[ $cut == [:=] ]] && cut=
          prefix=${current%"$cut"}
          COMPREPLY=()
          while IFS= read -r word; do
            if [[ $word == :files ]]; then
              compopt -o filenames 2>/dev/null
              while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cut")
            else
              word=${word%%$'\t'*}
              COMPREPLY+=("${word#"$prefix"}")
            fi
          done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
        }
        complete -F _fastrun fastrun

        """;

    internal const string Zsh = """
        #compdef fastrun
        # Completion of fastrun for zsh.
        _fastrun() {
          local -a found
          local line files=0
          while IFS= read -r line; do
            if [[ $line == :files ]]; then
              files=1
            else
              # In _describe's lists a colon ends the word.
              found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
            fi
          done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
          if (( ${#found} )); then _describe -t words fastrun found; fi
          if (( files )); then _files; fi
        }
        if [[ ${funcstack[1]} == _fastrun ]]; then
          _fastrun "$@"
        else
          compdef _fastrun fastrun
        fi

        """;

    internal const string Fish = """
        # Completion of fastrun for fish.
        function __fastrun_complete
            set -l words (commandline -opc)
            for line in ($words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
                if test "$line" = ":files"
                    __fish_complete_path (commandline -ct)
                else
                    echo $line
                end
            end
        end
        complete -c fastrun -f -a '(__fastrun_complete)'

        """;
}
