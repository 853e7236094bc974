#!/usr/bin/env bash
# Builds the Gitea that the tests of forges run against, from its Go module, below the user's cache directory:
# the program, and of the module what it reads when it runs.  Without the pages for people, which take a build of
# their own.  The go that is there fetches the Go that Gitea wants as a module too, where it is older.
set -euo pipefail

version=1.26.0 # the newest whose modules are all to be had; tests/end_to_end/gitea.py names it too
home=${XDG_CACHE_HOME:-$HOME/.cache}/plumb/gitea-$version
start=$SECONDS

[ -x "$home/gitea" ] && exit 0
command -v go >/dev/null || {
    printf 'install_gitea.sh: go is not installed: apt-get install golang-go\n' >&2
    exit 1
}

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
# "auto" takes the Go that go.mod names from the module proxy.  One of before 1.21 knows no such thing and stops
# with a message of its own.
[ "$(go env GOTOOLCHAIN)" = local ] || export GOTOOLCHAIN=auto
export GOFLAGS="-buildvcs=false -modcacherw" CGO_ENABLED=1

printf 'fetching Gitea %s\n' "$version"
module=$(cd "$work" && go mod download -json "code.gitea.io/gitea@v$version" |
    sed -nE 's/^\t"Dir": "(.*)",?$/\1/p')
[ -n "$module" ]
cp -r "$module" "$work/source"
chmod -R u+w "$work/source"
cd "$work/source"
go mod download

printf 'building Gitea %s, one package at a time: about ten minutes\n' "$version"
mkdir -p "$home.new"
nice -n 15 go build -p 1 -trimpath -tags 'sqlite sqlite_unlock_notify' -ldflags "-s -w -X main.Version=$version" \
    -o "$home.new/gitea" .
cp -r templates options public "$home.new/"
"$home.new/gitea" --version
rm -rf "$home"
mv "$home.new" "$home"
printf 'Gitea %s is in %s (%d s)\n' "$version" "$home" $((SECONDS - start))
