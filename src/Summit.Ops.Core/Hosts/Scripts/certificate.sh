# Prints a certificate file, never a key: only what stands between the certificate markers leaves the host.
if [ ! -e "$CERTIFICATE_PATH" ] && { [ -z "$as_root" ] || ! $as_root test -e "$CERTIFICATE_PATH"; }; then
    if [ -z "$as_root" ] && [ "$me" != 0 ]; then
        # a folder that may not be entered looks the same
        folder=$CERTIFICATE_PATH
        while [ "$folder" != / ] && [ "$folder" != . ]; do
            parent_of "$folder"
            folder=$parent
            [ -d "$folder" ] && { [ -x "$folder" ] || exit 77; break; }
        done
    fi
    exit 66
fi
if [ -r "$CERTIFICATE_PATH" ]; then
    content=$(limited 10 head -c 1000000 -- "$CERTIFICATE_PATH") || exit 77
elif [ -n "$as_root" ]; then
    # shellcheck disable=SC2086 # two words
    content=$(limited 10 $as_root head -c 1000000 -- "$CERTIFICATE_PATH") || exit 77
else
    exit 77
fi
printf '%s\n' "$content" | certificates_in
