#!/usr/bin/env bash
# Builds the Gitea that the tests of forges run against, from its Go module, below the user's cache directory:
# the program, and of the module what it reads when it runs.  Without the pages for people, which take a build of
# their own.  The go that is there fetches the Go that Gitea wants as a module too, where it is older.
set -euo pipefail

version=1.26.0 # the newest whose modules are all to be had; tests/forge/gitea.py names it too
go=1.26.2      # as its go.mod asks
home=${XDG_CACHE_HOME:-$HOME/.cache}/plumb/gitea-$version
start=$SECONDS

[ -x "$home/gitea" ] && exit 0
command -v go >/dev/null || {
    printf 'install_gitea.sh: go is not installed: apt-get install golang-go\n' >&2
    exit 1
}

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOFLAGS="-buildvcs=false -modcacherw" GOTOOLCHAIN=local CGO_ENABLED=1

module_directory()
{
    (cd "$work" && go mod download -json "$1" | sed -nE 's/^\t"Dir": "(.*)",?$/\1/p')
}

# Debian 12's go is older than what Gitea is written for: the right one is a module as well.
installed=$(go env GOVERSION)
if [ "$(printf '%s\n' "go$go" "$installed" | sort -V | head -n 1)" != "go$go" ]; then
    printf 'fetching go %s, since %s is too old\n' "$go" "$installed"
    cp -r "$(module_directory "golang.org/toolchain@v0.0.1-go$go.linux-$(go env GOARCH)")" "$work/go"
    chmod -R u+w "$work/go"
    chmod +x "$work"/go/bin/* "$work"/go/pkg/tool/*/*
    export PATH="$work/go/bin:$PATH" GOROOT="$work/go"
fi

printf 'fetching Gitea %s\n' "$version"
module=$(module_directory "code.gitea.io/gitea@v$version")
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
