# Whether a WebSocket opens on this host, at the backend and through nginx, with what nginx reads from the disk.
look_at_nginx
check_syntax
check_running
check_handshakes
check_certificate
report
