# Control characters of a foreign text must do nothing to a terminal, and a long text must not push the rest out of what is kept
plain_c1=$(printf '\302[\200-\237]')
plain() { tr '\000-\010\013-\037\177' '?' | sed "s/$plain_c1/?/g" | head -c 4000; }
