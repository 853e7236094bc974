#!/bin/sh
# Makes the zip file for Lambda of a plumb that was built on this Debian machine.  What is in it:
#
#     bootstrap                             what Lambda starts
#     usr/local/bin/plumb
#     lib/..., lib64/...                    its loader and libraries
#     etc/ssl/certs/ca-certificates.crt
#     usr/share/doc/..., var/lib/dpkg/...   their licences and versions
#
# It has no ssh: the repository is reached by https.
#
# usage: package.sh PLUMB FILE.zip
set -eu
here=$(dirname "$0")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/usr/local/bin" "$root/etc/ssl/certs"
install -m 755 "$here/bootstrap" "$root/bootstrap"
"$here/../collect.sh" "$root" "$(realpath "$1")"
mv "$root$(realpath "$1")" "$root/usr/local/bin/plumb"
strip "$root/usr/local/bin/plumb"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
find "$root" -depth -type d -empty -delete
zip=$(realpath "$(dirname "$2")")/$(basename "$2")
rm -f "$zip"
cd "$root"
python3 -m zipfile -c "$zip" *
