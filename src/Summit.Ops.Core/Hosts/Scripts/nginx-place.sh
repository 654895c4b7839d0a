# Which file is the site's, by the same rules as the module: the one whose server block answers in what nginx reads; where none answers, a
# new one where nginx includes such files. It needs nginx-text.sh.
# In: the site's variables, CONFIG_PATH ENABLED_PATH (wishes, unless they are the guide's), SITE_NAME

# The server blocks that take requests for the site on its port, by the words of nginx_words, one line each: KIND FILE LINE
#   named    has the name itself       other    takes it by a wildcard or a regex, or names nothing and passes requests on
nginx_answers() {
    SERVER_NAME=$SERVER_NAME PORT=$PORT awk -F '\t' '
        function fits(n) {
            n = tolower(n)
            if (n == name) return 2
            if (substr(n, 1, 1) == "~") return 1
            if (substr(n, 1, 2) == "*." || substr(n, 1, 1) == ".") {
                sub(/^\*/, "", n)
                return "." name == n || substr(name, length(name) - length(n) + 1) == n
            }
            if (n ~ /\.\*$/) { sub(/\*$/, "", n); return substr(name, 1, length(n)) == n }
            return 0
        }
        BEGIN { name = tolower(ENVIRON["SERVER_NAME"]); port = ENVIRON["PORT"] }
        $4 == "{" && $5 == "server" && !server { server = $3 + 1; file = $1; at = $2; best = listens = named = passes = 0; next }
        !server { next }
        $4 == "}" && $3 == server - 1 {
            if (listens && best == 2) print "named\t" file "\t" at
            else if (listens && (best || (!named && passes))) print "other\t" file "\t" at
            server = 0
            next
        }
        $4 == ";" && ($5 ~ /_pass$/ || ($5 == "include" && $3 == server)) { passes = 1 }
        $4 == ";" && $3 == server && $5 == "server_name" { for (i = 6; i <= NF; i++) { if ($i != "_" && $i != "") named = 1; if (fits($i) > best) best = fits($i) } }
        $4 == ";" && $3 == server && $5 == "listen" { if ($6 == port || substr($6, length($6) - length(port)) == ":" port) listens = 1 }
    '
}

# The folders that the http block includes by a name with one star, those that people know first: PATTERN, one a line
nginx_folders() {
    awk -F '\t' -v main="$conf" '
        $1 != main { next }
        $4 == "{" && $3 == 0 { http = $5 == "http" }
        http && $3 == 1 && $4 == ";" && $5 == "include" && NF == 6 {
            pattern = $6
            if (substr(pattern, 1, 1) != "/") { folder = main; sub(/\/[^\/]*$/, "/", folder); pattern = folder pattern }
            folder = pattern; sub(/\/[^\/]*$/, "", folder)
            last = substr(pattern, length(folder) + 2)
            if (folder ~ /[*?[]/ || last ~ /[?[]/ || split(last, parts, "*") != 2) next
            rank = folder ~ /\/sites-enabled$/ ? 1 : folder ~ /\/conf\.d$/ ? 2 : folder ~ /\/http\.d$/ ? 3 : 4
            print rank "\t" NR "\t" pattern
        }
    ' | sort -n | cut -f 3
}

# Sets CONFIG_PATH ENABLED_PATH place_why, or calls stop with the reason; needs the dump of nginx -T
nginx_place() { # DUMP
    place_open=no place_why=
    case $CONFIG_PATH in "/etc/nginx/sites-available/$SITE_NAME" | /etc/nginx/sites-available/summit-api)
        case $ENABLED_PATH in "/etc/nginx/sites-enabled/$SITE_NAME" | /etc/nginx/sites-enabled/summit-api) place_open=yes ;; esac ;;
    esac
    nginx_words "$1" >"$1.words"
    nginx_answers <"$1.words" >"$1.answers"
    place_named=$(sed -n 's/^named	//p' "$1.answers" | cut -f 1 | sort -u)
    place_own=$(readlink -f "$CONFIG_PATH" 2>/dev/null || printf '%s\n' "$CONFIG_PATH")
    case $place_named in
        '') ;;
        *"
"*) stop "Several files have a server block for $SERVER_NAME on port $PORT, and nginx uses the first one: $(printf '%s' "$place_named" | tr '\n' ' '). Keep one of them first." ;;
        *)
            if [ "$(readlink -f "$place_named")" != "$place_own" ]; then
                [ "$place_open" = yes ] || stop "The server block for $SERVER_NAME on port $PORT stands in $place_named, so a second one in $CONFIG_PATH would hide it or be ignored."
                CONFIG_PATH=$place_named ENABLED_PATH=
            fi
            if [ "$place_open" = yes ] && [ -L "$place_named" ]; then CONFIG_PATH=$(readlink -f "$place_named") ENABLED_PATH=$place_named; fi
            place_why="its server block answers for $SERVER_NAME on port $PORT"
            return
            ;;
    esac
    # what is there already and nginx does not read is only not enabled
    if [ -s "$1.answers" ]; then
        place_other=$(head -n 1 "$1.answers" | cut -f 2,3 | tr '\t' ':')
        stop "The server block at $place_other answers for $SERVER_NAME on port $PORT without naming it, and a shell cannot judge what a second block would take from it. Use Deploy-SummitNginxConfig of Summit.Ops."
    fi
    if [ "$place_open" = no ] || [ -e "$CONFIG_PATH" ]; then return; fi
    place_name=${CONFIG_PATH##*/}
    nginx_folders <"$1.words" >"$1.folders"
    while IFS= read -r place_pattern; do
        place_folder=${place_pattern%/*}
        [ -d "$place_folder" ] || continue
        place_last=${place_pattern##*/}
        place_file=${place_last%%\**}$place_name${place_last#*\*}
        case $place_folder in
            */sites-enabled)
                if [ -d "${place_folder%/*}/sites-available" ]; then
                    CONFIG_PATH=${place_folder%/*}/sites-available/$place_file ENABLED_PATH=$place_folder/$place_file
                else
                    CONFIG_PATH=$place_folder/$place_file ENABLED_PATH=
                fi
                ;;
            *) CONFIG_PATH=$place_folder/$place_file ENABLED_PATH= ;;
        esac
        place_why="no server block answers for $SERVER_NAME on port $PORT, and nginx includes $place_pattern"
        return
    done <"$1.folders"
    stop "No server block answers for $SERVER_NAME on port $PORT, and the http block of $conf includes no folder for a new file."
}
# Whether all server blocks of a file are the site's, so that the whole file may be replaced
nginx_is_own() { # FILE
    nginx_words "$1" | SERVER_NAME=$SERVER_NAME awk -F '\t' '
        $4 == "{" && $5 == "server" && !server { server = $3 + 1; named = 0; next }
        !server && $4 == "{" { others = 1 }
        server && $4 == "}" && $3 == server - 1 { if (!named) others = 1; server = 0; next }
        server && $4 == ";" && $3 == server && $5 == "server_name" { for (i = 6; i <= NF; i++) if (tolower($i) == tolower(ENVIRON["SERVER_NAME"])) named = 1; else others = 1 }
        END { exit others }
    '
}
