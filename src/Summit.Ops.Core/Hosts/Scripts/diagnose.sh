# The guide's quick diagnostic, items 1 to 6, the two handshakes that decide, the certificate that clients see, and the host's firewall.
look_at_nginx
check_backend
check_config
check_syntax
check_running
check_logs
check_handshakes
check_certificate
check_firewall
report
