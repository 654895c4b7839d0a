# An nginx configuration as text, where nothing but a shell is at hand: its directives, one a line, with their place.
# It knows quotes, comments and braces, and no more: what a request really meets is proven by a handshake.

# Of each directive in FILE (a configuration, or what nginx -T printed):  FILE LINE DEPTH END WORD…  with tabs between; END is ; { or }
nginx_words() { # FILE
    awk -v file="$1" '
        function flush() { if (word != "" || quoted) { gsub(/[\t\n]/, " ", word); words = words "\t" word; count++ } word = ""; quoted = 0 }
        function directive(end) { flush(); print file "\t" (count ? start : row) "\t" depth "\t" end words; words = ""; count = 0 }
        /^# configuration file .*:$/ { file = substr($0, 22, length($0) - 22); row = depth = 0; next }
        {
            row++
            text = $0 "\n"
            for (i = 1; i <= length(text); i++) {
                c = substr(text, i, 1)
                if (quote != "") {
                    if (c == "\\") { word = word substr(text, ++i, 1) } else if (c == quote) quote = ""; else word = word c
                    continue
                }
                if (c == "#" && word == "" && !quoted) { flush(); break }
                if (c ~ /[ \t\r\n]/) { flush(); continue }
                if (c == ";") { directive(c); continue }
                if (c == "{") { directive(c); depth++; continue }
                if (c == "}") { depth--; directive(c); continue }
                if (!count && word == "" && !quoted) start = row
                if ((c == "\"" || c == "\047") && word == "") { quote = c; quoted = 1; continue }
                if (c == "$" && substr(text, i + 1, 1) == "{") { while (c != "}" && c != "\n") { word = word c; c = substr(text, ++i, 1) } }
                else if (c == "\\") { word = word c; c = substr(text, ++i, 1) }
                word = word c
            }
        }
        END { if (depth || quote != "" || count) print file "\t" row "\t" depth "\tunfinished" }
    ' "$1"
}

# What the servers of the site's name say of its WebSocket path, by the words of nginx_words, one line each:
#   location FILE LINE MODIFIER UPGRADE CONNECTION BUFFERING INCLUDES AFTER_API   (yes, no)   or   server FILE LINE   for one without,
#   redirect FILE LINE   for one that has it with a slash at the end only: nginx answers the path itself with 301
# In: SERVER_NAME WEBSOCKET_PATH API_PATH
nginx_websocket() {
    SERVER_NAME=$SERVER_NAME WEBSOCKET_PATH=$WEBSOCKET_PATH API_PATH=$API_PATH awk -F '\t' '
        function clear() { headers = upgrade = connection = off = includes = 0 }
        function answer(flag) { return flag ? "yes" : "no" }
        BEGIN { name = ENVIRON["SERVER_NAME"]; path = ENVIRON["WEBSOCKET_PATH"]; api = ENVIRON["API_PATH"] }
        $4 == "{" && $5 == "server" && !server { server = $3 + 1; at = $2; named = lines = seen_api = slash = 0; clear(); next }
        !server { next }
        $4 == "{" && $5 == "location" && $3 == server && !here {
            place = $NF
            if (place == api && api != "") seen_api = 1
            if (place == path "/" && path != "/" && (NF == 6 || $6 == "^~")) slash = $2
            if (place == path && (NF == 6 || $6 == "=" || $6 == "^~")) {
                s_headers = headers; s_upgrade = upgrade; s_connection = connection; s_off = off; s_includes = includes
                clear(); here = $2; modifier = NF == 6 ? "prefix" : $6
            }
            next
        }
        $4 == "}" && here && $3 == server {
            if (!headers) { upgrade = s_upgrade; connection = s_connection }
            found[++lines] = "location\t" $1 "\t" here "\t" modifier "\t" answer(upgrade) "\t" answer(connection) "\t" answer(off || s_off) "\t" answer(includes) "\t" answer(seen_api)
            here = 0; headers = s_headers; upgrade = s_upgrade; connection = s_connection; off = s_off; includes = s_includes
            next
        }
        $4 == "}" && $3 == server - 1 { if (named) { if (!lines) print (slash ? "redirect" : "server") "\t" $1 "\t" (slash ? slash : at); for (i = 1; i <= lines; i++) print found[i] } server = 0; next }
        $4 != ";" || $3 != server + (here ? 1 : 0) { next }
        $5 == "server_name" { for (i = 6; i <= NF; i++) if (tolower($i) == tolower(name)) named = 1 }
        $5 == "proxy_set_header" { headers++; if (tolower($6) == "upgrade") upgrade = 1; if (tolower($6) == "connection") connection = 1 }
        $5 == "proxy_buffering" { off = $6 == "off" }
        $5 == "include" { includes = 1 }
    '
}

# The line of FILE before which a WebSocket location belongs: the first location of the one server of the site's name and port that has
# none for the path, or the end of that server. Nothing where there is no such server, or more than one, or a line that holds more.
nginx_gap() { # FILE
    nginx_words "$1" | SERVER_NAME=$SERVER_NAME WEBSOCKET_PATH=$WEBSOCKET_PATH PORT=$PORT awk -F '\t' '
        BEGIN { name = ENVIRON["SERVER_NAME"]; path = ENVIRON["WEBSOCKET_PATH"]; port = ENVIRON["PORT"] }
        $4 == "unfinished" { broken = 1 }
        $4 == "{" && $5 == "server" && !server { server = $3 + 1; named = listens = has = first = 0; next }
        !server { next }
        $4 == "{" && $5 == "location" && $3 == server { if (!first) first = $2; if ($NF == path) has = 1; next }
        $4 == "}" && $3 == server - 1 { if (named && listens && !has) { gaps++; gap = first ? first : $2 } server = 0; next }
        $4 == ";" && $3 == server && $5 == "server_name" { for (i = 6; i <= NF; i++) if (tolower($i) == tolower(name)) named = 1 }
        $4 == ";" && $3 == server && $5 == "listen" { if ($6 == port || substr($6, length($6) - length(port)) == ":" port) listens = 1 }
        END { if (gaps == 1 && !broken) print gap }
    ' | while IFS= read -r gap; do
        case $(sed -n "${gap}s/^[[:space:]]*//p" "$1") in
            location* | '}'*)
                # the comment above a location belongs to it
                while [ "$gap" -gt 1 ] && sed -n "$((gap - 1))p" "$1" | grep -q '^[[:space:]]*#'; do gap=$((gap - 1)); done
                echo "$gap"
                ;;
        esac
    done
}
