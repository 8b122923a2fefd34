#compdef prefect
# Completion of the prefect command in zsh.
_prefect() {
    local line files
    local -a found begun
    while IFS= read -r line; do
        case $line in
            '') files=yes ;;
            *[=/] | *[=/]:*) begun+=("$line") ;;
            *) found+=("$line") ;;
        esac
    done < <("$words[1]" __complete zsh "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)
    [[ -z $files ]] || _files
    (( ! $#begun )) || _describe -t values prefect begun -S ''
    (( ! $#found )) || _describe -t values prefect found
}
if [[ ${funcstack[1]} == _prefect ]]; then _prefect "$@"; else compdef _prefect prefect; fi
