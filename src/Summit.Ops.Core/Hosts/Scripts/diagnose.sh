# The guide's quick diagnostic, items 1 to 6, and the two handshakes that decide.
look_at_nginx
check_backend
check_config
check_syntax
check_running
check_logs
check_handshakes
report
