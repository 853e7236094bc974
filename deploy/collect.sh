#!/bin/sh
# Copies programs into an empty directory together with all that they need to run there and nothing else: the shared
# libraries and the loader that ldd finds, and of each Debian package they come from its copyright and its entry for
# scanners of vulnerabilities (var/lib/dpkg/status.d).  The image and the zip file for Lambda are made by it.
#
# usage: collect.sh ROOT PROGRAM...
set -eu
root=$1
shift

# The programs, and of each "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)" and the loader, which stands as
# "/lib64/ld-linux-x86-64.so.2 (0x...)".
files=$(for program in "$@"; do
    echo "$program"
    ldd "$program" | grep -oE '/[^ ]+ \(0x' | cut -d' ' -f1
done | sort -u)

for file in $files; do
    mkdir -p "$root$(dirname "$file")"
    install -m 755 "$(realpath "$file")" "$root$file"
done

# dpkg may know a file of /lib below /usr/lib or the other way round: one is a link to the other.
packages=$(for file in $files; do
    printf '%s\n' "$file" "/usr$file" "${file#/usr}" "$(realpath "$file")"
done | sort -u | xargs dpkg-query -S 2>/dev/null | grep -v '^diversion ' | cut -d: -f1 | sort -u) || true

mkdir -p "$root/var/lib/dpkg/status.d"
for package in $packages; do
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
    dpkg-query -s "$package" | grep -E '^(Package|Status|Maintainer|Architecture|Source|Version): ' \
        >"$root/var/lib/dpkg/status.d/$package"
done
