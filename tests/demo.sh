#!/usr/bin/env bash
# The main job on the simulator, as `./dev demo` shows it: three environments from a commit in Git to live
# accounts, nothing to do, a release that passes its canary, one that does not, a console edit found and healed, and
# the history in Git.
# usage: demo.sh BUILD-DIRECTORY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
plumb=$top/$1/plumb
home=$(mktemp -d "${TMPDIR:-/tmp}/plumb-demo-XXXXXX")
shop=$home/shop
prod=$shop/environments/prod/orders.yaml
simulator=

finish()
{
    [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\033[1m' plain=$'\033[0m'
fi

chapter()
{
    printf '\n%s=== %s%s\n' "$bold" "$*" "$plain"
}

# Shows a command of plumb and runs it; its exit status must be the given one.
show()
{
    local want=$1 status=0
    shift
    printf '\n$ plumb %s\n' "$*"
    (cd "$shop" && "$plumb" "$@") || status=$?
    [ "$status" -eq "$want" ] || {
        printf 'demo: plumb %s ended with status %d, %d was expected\n' "$1" "$status" "$want" >&2
        exit 1
    }
}

# The same without the lines on single resources and on how traffic is judged.
show_in_short()
{
    show "$@" 2>&1 | sed -E -u '/^  (\[|[-+~] |output )/d; /^ {8}[^ ]/d; /^ {11}(before|judged|a step|after)/d'
}

# A call by another client than plumb: curl, in the account and region of an environment.
# usage: console ACCOUNT REGION SERVICE METHOD PATH BODY
console()
{
    curl -sSf -o /dev/null --aws-sigv4 "aws:amz:$2:$3" --user "$1:any" -X "$4" \
        -H 'Content-Type: application/json' --data-binary "$6" "$AWS_ENDPOINT_URL$5"
}

changing_calls()
{
    curl -sSf "$AWS_ENDPOINT_URL/_simulator/counters" | sed -E 's/.*"mutating": *([0-9]+).*/\1/'
}

start_simulator()
{
    mkfifo "$home/address"
    "$top/$1/tests/plumb-simulator" --port 0 >"$home/address" &
    simulator=$!
    read -r line <"$home/address"
    export AWS_ENDPOINT_URL=${line##* }
    export AWS_ACCESS_KEY_ID=111111111111 AWS_SECRET_ACCESS_KEY=111111111111
    export PLUMB_CACHE=$home/cache
    unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
    local trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'
    local account
    for account in 111111111111 222222222222 333333333333; do
        curl -sSf -o /dev/null --aws-sigv4 aws:amz:us-east-1:iam --user "$account:any" "$AWS_ENDPOINT_URL/" \
            --data-urlencode Action=CreateRole --data-urlencode Version=2010-05-08 --data-urlencode RoleName=plumb \
            --data-urlencode "AssumeRolePolicyDocument=$trust"
    done
}

# Customers of the shop: 1,000 requests a second to the live version in production.
start_traffic()
{
    curl -sSf -o /dev/null "$AWS_ENDPOINT_URL/_simulator/traffic" --data-binary '{"account": "333333333333",
        "region": "us-west-2", "function": "OrderServiceProd", "alias": "live", "perMinute": 60000}'
}

# The example; but production's canary takes no longer than plumb needs to read its figures twice: 12 seconds.
make_repository()
{
    cp -r examples/orders "$shop"
    sed '/^deployment:/,$d' examples/orders/environments/prod/orders.yaml >"$prod"
    cat >>"$prod" <<'END'
deployment:
  steps: [{weight: 10, for: 12s}]
  minimumInvocations: 500
  hooks: {beforeAllowTraffic: OrderPreTraffic, afterAllowTraffic: OrderPostTraffic}
END
    git -C "$shop" init -q -b main
    git -C "$shop" config user.name 'A developer'
    git -C "$shop" config user.email dev@example.com
    git -C "$shop" add -A
    git -C "$shop" commit -q -m 'The order service'
}

commit()
{
    git -C "$shop" commit -q -a -m "$1"
    printf '\n$ git commit -a -m "%s"\n' "$1"
}

printf 'plumb on three simulated AWS accounts: no AWS account, no network.\n'
start_simulator "$1"
make_repository

chapter 'Git holds three environments of the order service; the accounts are empty'
show 2 plan prod
show_in_short 0 apply

chapter 'A second pass has nothing to do'
before=$(changing_calls)
show 0 apply
printf 'calls that changed something in the second pass: %d\n' $(($(changing_calls) - before))

chapter 'A commit is released: more memory for the order service'
sed -i 's/MemorySize: 256/MemorySize: 512/' "$shop/apps/orders/template.yaml"
commit 'Give the order service more memory'
show_in_short 0 apply beta
show_in_short 0 apply gamma

chapter 'Production has customers: it sends them to the new version by steps, as its file in Git says'
start_traffic
printf '\n$ cat environments/prod/orders.yaml\n'
cat "$prod"
show 0 apply prod

chapter 'A commit that breaks 3 requests of 100: plumb sees it at 10 %, and goes back by itself'
sed -i 's/^          ORDER_DAYS:.*/&\n          SIMULATOR_ERROR_RATE: "0.03" # so many requests fail/' \
    "$shop/apps/orders/template.yaml"
commit 'Compute prices in another way'
show_in_short 1 apply prod
show 0 rollout status prod/orders

chapter 'The commit is reverted, which is released like every other'
git -C "$shop" revert --no-edit HEAD >/dev/null
printf '\n$ git revert HEAD\n'
show_in_short 0 apply prod

chapter 'Somebody edits production in the console: a setting, and the code of a function'
console 333333333333 us-west-2 lambda PUT /2015-03-31/functions/OrderServiceProd/configuration '{"Timeout": 99}'
archive=$(printf 'def handle(event, context):\n    return "quick fix"\n' >"$home/worker.py" && cd "$home" &&
    python3 -c 'import base64, io, zipfile
data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    archive.write("worker.py")
print(base64.b64encode(data.getvalue()).decode())')
console 333333333333 us-west-2 lambda PUT /2015-03-31/functions/OrderWorkerProd/code "{\"ZipFile\": \"$archive\"}"
show 2 drift prod

chapter 'plumb heals it: Git is the truth'
show 0 apply prod
show 0 drift

chapter 'The history of releases is in Git'
printf '\n$ git log --oneline --grep "released\\|rolled back\\|healed" refs/plumb/333333333333\n'
git -C "$shop" --no-pager log --oneline --grep 'released\|rolled back\|healed' refs/plumb/333333333333
show 0 status
printf '\n%sall environments are in sync%s\n' "$bold" "$plain"
