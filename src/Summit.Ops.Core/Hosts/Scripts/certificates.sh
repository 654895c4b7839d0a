# Certificates leave the host, and keys never.

# The certificates in what is on standard input, each whole, and nothing else: a key may stand beside one, or a line be missing between them.
certificates_in() {
    awk '
        { sub(/\r$/, ""); sub(/[ \t]+$/, "") }
        $0 == "-----BEGIN CERTIFICATE-----" { inside = 1; text = $0; lines = 0; next }
        !inside { next }
        $0 == "-----END CERTIFICATE-----" { if (lines) print text "\n" $0; inside = 0; next }
        # a certificate begins as two nested sequences, a key with a number
        !lines && $0 !~ /^MI([A-P]...C[BC]|[GH].M)/ { inside = 0; next }
        /^[A-Za-z0-9+\/]+=*$/ && length($0) <= 1000 && lines < 1000 { text = text "\n" $0; lines++; next }
        { inside = 0 }
    '
}
