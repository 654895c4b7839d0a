# The answer of a script, for this module: one line a value, and a last word.
say() { # KEY VALUE
    printf '@%s %s\n' "$1" "$(printf '%s' "$2" | base64 | tr -d '\n')"
}
finish() { # STATUS EXITCODE
    printf '@done %s\n' "$1"
    exit "$2"
}
