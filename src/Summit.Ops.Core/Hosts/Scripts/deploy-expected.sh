# Plans a deployment on the host itself: what is there decides what is put in place, by deploy.sh after it.
#   no file                    the whole expected file
#   another file               left alone where a WebSocket opens with it; enabled and loaded where it has the WebSocket location and its
#                              headers; else the location is added to the one server of the site's name that lacks it
#   anything else              refused, unless FORCE is yes: then the whole expected file takes its place, and the old one is backed up
# In: the site's variables, SITE_NAME, API_PATH, CONTENT NEW_SHA (the expected file) LOCATION (the WebSocket location alone; base64) FORCE
# Sets: EXPECTED_SHA STAMP KEEP, and CONTENT and NEW_SHA where the file is mended
work=$(with_room -d) || exit 70
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
handshake_file=$work/handshake
KEEP=
now=$(handshake)

# what a deployment is for: a WebSocket that opens; a backend that does not answer is another step's to mend
prove() {
    case ${after_status:-} in
        101) outcome="$outcome, and a WebSocket opens" ;;
        '')
            verdict=UNKNOWN
            outcome="$outcome, and not verified: there is neither curl nor openssl to ask with"
            ;;
        401 | 403) outcome="$outcome; the answer is $after_status: the backend asks for a token" ;;
        502 | 504) outcome="$outcome, NOT YET VERIFIED: the answer is $after_status, so look at the backend next: deploy-summit-backend.json" ;;
        *)
            verdict=FAIL
            outcome="$outcome, and no WebSocket opens: the answer is $after_status"
            ;;
    esac
}
stop() { # REASON
    say reason "$1"
    rm -rf "$work"
    finish refused 3
}

# what nginx reads decides which file is the site's
nginx_facts
mkdir "$work/nginx"
if nginx_dump "$work/nginx"; then nginx_place "$work/nginx/dump"; fi
[ -z "${place_why:-}" ] || say place "$CONFIG_PATH: $place_why"
if [ -e "$CONFIG_PATH" ] && [ ! -r "$CONFIG_PATH" ]; then stop "$me_name may not read $CONFIG_PATH."; fi
if [ -f "$CONFIG_PATH" ]; then EXPECTED_SHA=$(sha256sum <"$CONFIG_PATH" | cut -d' ' -f1); else EXPECTED_SHA=absent; fi
STAMP=$(date -u +%Y%m%dT%H%M%SZ).$(printf %.8s "$EXPECTED_SHA")
enabled=no
if [ -z "$ENABLED_PATH" ] || [ "$ENABLED_PATH" = "$CONFIG_PATH" ] || [ "$(readlink -f "$ENABLED_PATH")" = "$(readlink -f "$CONFIG_PATH")" ]; then enabled=yes; fi

if [ "$EXPECTED_SHA" = absent ]; then
    say plan "create $CONFIG_PATH"
elif [ "$EXPECTED_SHA" = "$NEW_SHA" ]; then
    say plan "$CONFIG_PATH is the expected file"
else
    printf '%s' "$CONTENT" | base64 -d >"$work/expected"
    gap=$(nginx_gap "$CONFIG_PATH")
    if [ "$FORCE" = yes ] && ! nginx_is_own "$CONFIG_PATH"; then
        stop "$CONFIG_PATH has more in it than server blocks of $SERVER_NAME, so it is not replaced whole, not even with FORCE."
    elif [ "$FORCE" = yes ]; then
        say plan "FORCE: replace $CONFIG_PATH whole"
    elif [ "$enabled" = yes ] && [ "$now" = 101 ]; then
        say plan "$CONFIG_PATH is not the expected file, and a WebSocket opens with it: it is left alone"
        NEW_SHA=$EXPECTED_SHA
    elif nginx_words "$CONFIG_PATH" | nginx_websocket | cut -f 1,5,6 | grep -q '^location	yes	yes$'; then
        say plan "$CONFIG_PATH has the location $WEBSOCKET_PATH with its headers: it stays as it is; enabled where it is not, and loaded"
        CONTENT=$(base64 <"$CONFIG_PATH" | tr -d '\n')
        NEW_SHA=$EXPECTED_SHA
    elif [ -n "$gap" ]; then
        say plan "add location $WEBSOCKET_PATH before line $gap of $CONFIG_PATH"
        {
            sed "$gap,\$d" "$CONFIG_PATH"
            printf '%s' "$LOCATION" | base64 -d
            echo
            sed -n "$gap,\$p" "$CONFIG_PATH"
        } >"$work/expected"
        CONTENT=$(base64 <"$work/expected" | tr -d '\n')
        NEW_SHA=$(sha256sum <"$work/expected" | cut -d' ' -f1)
    else
        if have diff; then say 'it would change' "$(diff -u "$CONFIG_PATH" "$work/expected" | sed '1,2d')"; fi
        stop "$CONFIG_PATH is there with another content, which somebody wrote. Mend it by hand, or with Deploy-SummitNginxConfig of Summit.Ops, which makes the smallest repair; or set FORCE to yes to replace it whole (a backup is kept)."
    fi
    if [ "$NEW_SHA" != "$EXPECTED_SHA" ] && have diff; then say change "$(diff -u "$CONFIG_PATH" "$work/expected" | sed '1,2d')"; fi
fi

rm -rf "$work"
# a deployment that was killed has left its journal, and is undone first
deployment_place
unfinished=$state/$name.journal
if [ "$EXPECTED_SHA" = "$NEW_SHA" ] && [ "$enabled" = yes ] && [ "$now" = 101 ] && [ ! -f "$unfinished" ]; then
    after_status=$now
    # what runs was read before; what lies on the disk may be broken by another file
    nginx_facts
    if ! nginx_test && { [ "$me" = 0 ] || ! printf '%s' "$test_output" | grep -q 'Permission denied'; }; then
        say test "$test_output"
        stop "Nothing was changed, and nginx -t fails: $(complaint "$test_output"). The running nginx still serves what it has read; a reload fails, and a restart would end it."
    fi
    finish 'unchanged: nothing was touched' 0
fi
