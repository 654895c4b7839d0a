# Makes the running nginx take what is on the disk: nginx -t first, then a graceful reload (or, forced, a restart), then proof.
# In: the site's variables, FORCE (yes, no)
# Out: lines  @key base64  and a last line  @done STATUS   (reloaded, refused, failed)

handshake_file=$(with_room '') || exit 70
trap 'rm -f "$handshake_file"' EXIT
# a signal comes after the reload or before it: half a reload does not exist
trap 'say reason "The reload was stopped by a signal."; finish failed 4' HUP INT TERM

nginx_facts
if [ -n "${container_stopped:-}" ]; then
    # there is nothing that could be reloaded
    if [ "$FORCE" != yes ]; then
        say reason "The container $container_name does not run ($container_stopped): $container_start"
        finish refused 3
    fi
    start_said=$(engine start "$container_name" 2>&1) && container_state || {
        say reason "The container $container_name did not start: $start_said $container_why"
        finish failed 4
    }
    say reloaded "The container $container_name was started."
    say proven "$(if container_master; then echo yes; else echo no; fi)"
    say after "$(handshake)"
    finish reloaded 0
fi
if [ -n "${found_container:-}" ]; then
    say reason "Port $PORT is held for a container, by $found_container, so this host's own nginx is neither started nor reloaded."
    finish refused 3
fi
case $nginx_found in
    126 | 127)
        say reason "The nginx command was not found on the host: $facts."
        finish refused 3
        ;;
esac
if ! nginx_test; then
    say test "$test_output"
    case $test_output in
        *'(13: Permission denied)'*)
            say reason "$me_name may not read all that nginx reads, so nginx -t says nothing of the configuration ($(complaint "$test_output")). Run it as root, or let $me_name use sudo without a password (sudo -n)."
            finish refused 3
            ;;
    esac
    say reason "The configuration on the disk does not pass nginx -t, so nginx keeps what it has: $(complaint "$test_output")."
    finish refused 3
fi
say test "$test_output"
say before "$(handshake)"

if [ "$FORCE" = yes ] && running=$(nginx_master); then
    # from here to the start's end there may be no nginx: nothing stops the script in between
    trap '' HUP INT TERM
    nginx_stop 2>/dev/null
    if [ -z "$started_unit" ]; then
        tries=0
        while alive "$running" && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); pause; done
        # open connections keep a quitting nginx alive: a restart does not wait for them for ever
        if alive "$running"; then kill -TERM "$running" 2>/dev/null; fi
        tries=0
        while alive "$running" && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); pause; done
    fi
fi
if ! nginx_reload; then
    if nginx_master >/dev/null; then now='nginx still runs with what it had.'; else now='nginx does not run now.'; fi
    say reason "$reload_output $now"
    finish failed 4
fi
say reloaded "$reload_output"
say proven "$proven"
say after "$(handshake)"
finish reloaded 0
