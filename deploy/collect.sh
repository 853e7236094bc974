#!/bin/sh
# Copies programs into an empty directory together with all that they need to run there and nothing else: the shared
# libraries and the loader that ldd finds, and of each Debian package they come from its copyright and its entry for
# scanners of vulnerabilities (var/lib/dpkg/status.d).  The image and the zip file for Lambda are made by it.
#
# usage: collect.sh ROOT PROGRAM...
set -eu
root=$1
shift

# Where dpkg knows a file: libraries are found below /lib, which is a link to /usr/lib.
package_of()
{
    dpkg-query -S "$1" "/usr$1" "${1#/usr}" "$(realpath "$1")" 2>/dev/null | head -n 1 | cut -d: -f1
}

copy()
{
    real=$(realpath "$1")
    mkdir -p "$root$(dirname "$1")"
    [ -e "$root$1" ] || install -m 755 "$real" "$root$1"
    package=$(package_of "$1")
    [ -n "$package" ] || return 0
    mkdir -p "$root/usr/share/doc/$package" "$root/var/lib/dpkg/status.d"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
    dpkg-query -s "$package" | grep -E '^(Package|Status|Maintainer|Architecture|Source|Version): ' \
        >"$root/var/lib/dpkg/status.d/$package"
}

for program in "$@"; do
    copy "$program"
    # "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)", or the loader as "/lib64/ld-linux-x86-64.so.2 (0x...)"
    for library in $(ldd "$program" | grep -oE '/[^ ]+ \(0x' | cut -d' ' -f1); do
        copy "$library"
    done
done
