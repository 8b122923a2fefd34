# Completion of the prefect command in bash, 3.2 and later.
_prefect() {
    local line files=
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -n $line ]]; then COMPREPLY+=("$line"); else files=yes; fi
    done < <("$1" __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    [[ -n $files ]] || compopt +o default 2>/dev/null
    [[ ${COMPREPLY[0]-} != *[=/] ]] || compopt -o nospace 2>/dev/null
}
complete -o default -F _prefect prefect
