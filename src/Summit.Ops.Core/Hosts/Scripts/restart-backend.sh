# Restarts the site's backend in its own manager, and waits until it serves: what listens may be another process than what was started.
# In: the backend's variables, BACKEND_URL SERVER_NAME WAIT (seconds); handshake_file, where somebody has made one
# Out: lines  @key base64  and a last line  @done STATUS   (restarted, refused, failed)

backend_manager
if [ -n "$backend_missing" ]; then
    say reason "$backend_missing"
    finish refused 3
fi
handshake_file=${handshake_file:-$(with_room '')} || exit 70
trap 'rm -f "$handshake_file"' EXIT
trap 'exit 143' HUP INT TERM
if ! backend_lock; then
    say reason "$why"
    finish refused 3
fi
trap 'rm -f "$handshake_file"; backend_unlock' EXIT
stopped=
if ! backend_tell restart; then
    say reason "$backend_output"
    finish failed 4
fi
say output "$backend_output$(pm2_unsaved | sed 's/^/ /')"
if ! serves; then
    # what it answers is for whoever asks next to judge
    case $seen in
        'nothing listens' | 'it ends'* | 'another'* | elsewhere)
            say reason "$PROCESS_NAME was restarted, and $why."
            finish failed 4
            ;;
    esac
fi
finish restarted 0
