# shellcheck shell=bash
# Tests of the ipclab program: a folder of their own, a small kit in it, and a count. Sourced by
# cli.sh and t_cli_places.sh; their argument is another ipclab to test.
here=$(cd "$(dirname "$0")" && pwd)
ipclab=${1:-$here/../../build/bin/ipclab}
tmp=$(mktemp -d)
# As root the compiler runs as another user, who must come through.
chmod 755 "$tmp"
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
mkdir -m 755 "$tmp/t"
export TMPDIR=$tmp/t
failed=0 checks=0
longest=120 # seconds; a net, each of these takes well under one on a quiet machine

ok() { # ok NAME COMMAND..: the command must succeed
    checks=$((checks + 1))
    local name=$1
    shift
    "$@" && return
    echo "not ok: $name"
    sed 's/^/    /' "$tmp/out" "$tmp/err" | head -30
    failed=$((failed + 1))
}
late() { # late WHAT: a deadline has passed
    echo "not ok: waited $longest s for $1, in vain"
    sed 's/^/    /' "$tmp/out" "$tmp/err" | head -30
    failed=$((failed + 1))
}
run() { # run ARGS..: status in $rc, output in out and err
    # --foreground: ipclab must be told to stop by us, not by the terminal it lost
    timeout --foreground -k 5 "$longest" "$ipclab" --root "$root" "$@" >"$tmp/out" 2>"$tmp/err"
    rc=$?
    [ $rc -ne 124 ] || late "the end of ipclab $*"
}
is() { [ "$rc" -eq "$1" ]; }
out() { grep -qF -- "$1" "$tmp/out"; }
err() { grep -qF -- "$1" "$tmp/err"; }
one_line() { [ "$(wc -l <"$tmp/err")" -eq 1 ]; }
clean() { [ -z "$(ls -A "$TMPDIR")" ]; }
fresh() {
    root=$tmp/root.$((${n:=0} + 1))
    n=$((n + 1))
    "$here/fake/make_root.sh" "$root"
    d=$root/build/suites/01-pipes.d
    # shellcheck disable=SC2034 # for the test
    lab=$root/labs/01-pipes
}
# verdict ID VERDICT RC: what the suite will say of ID
verdict() {
    sed -i "s/\"verdict\":\"[A-Z_]*\"/\"verdict\":\"$2\"/; s/\"points\":[0-9]*/\"points\":0/" "$d/$1.rec"
    echo "$3" >"$d/$1.rc"
}
