#!/usr/bin/env bash
# What the make targets hand to ipclab: a copy of the Makefile drives a stand-in that prints its
# arguments and ends with the status it finds in STATUS_<lab>.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
kit=$work/kit
out=$work/out
unset MAKEFLAGS MAKELEVEL MFLAGS LAB SRC TEST SEED JOBS JSON JAIL COLOR DIR TIME_SCALE

mkdir -p "$kit"/{grader/ipclab,grader/warden,grader/lib,grader/ipcgrind,labs/01-pipes,labs/02-fifos,labs/03-none}
cp Makefile "$kit"
cp grader/ipcgrind/build.mk "$kit/grader/ipcgrind"
cp grader/setup.sh grader/help.awk "$kit/grader"
touch "$kit"/labs/{01-pipes,02-fifos}/lab.ini
echo 'extern const int gr_nothing; const int gr_nothing = 0;' >"$kit/grader/lib/gr_nothing.c"
echo 'int main(void) { return 0; }' >"$kit/grader/warden/main.c"
cat >"$kit/grader/ipclab/main.c" <<'EOT'
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char name[64];
    const char *status;
    for (int i = 1; i < argc; i++)
        printf("<%s>", argv[i]);
    printf("\n");
    snprintf(name, sizeof(name), "STATUS_%.2s", argc > 3 ? argv[3] : "");
    status = getenv(name);
    return status ? atoi(status) : 0;
}
EOT

# run ARG..: make, in the copy.
run() {
    status=0
    make -s -C "$kit" IPCGRIND= "$@" >"$out" 2>&1 </dev/null || status=$?
}

# expect TITLE STATUS LINE..: exit status and each of the lines.
expect() {
    local title=$1 want=$2 line ok=yes
    shift 2
    [ "$status" -eq "$want" ] || ok=no
    for line; do grep -qxF -- "$line" "$out" || ok=no; done
    if [ $ok = yes ]; then
        echo "ok     $title"
    else
        printf 'FAILED %s: exit %s, wanted %s with:\n' "$title" "$status" "$want"
        printf '    %s\n' "$@"
        sed 's/^/    | /' "$out"
        failures=$((failures + 1))
    fi
}

run build
expect 'the copy builds' 0

run
expect 'make alone prints help' 0 'The two commands' 'Doing a lab'
for target in grade test start reset list setup setup-dev build clean check lint format bench-grader; do
    if ! grep -qE "^  make $target +[a-z]" "$out"; then
        echo "FAILED help has no line for $target"
        failures=$((failures + 1))
    fi
done

run grade LAB=pipes
expect 'one lab' 0 '<grade><--lab><pipes>'
run grade LAB=pipes SRC=solutions 'TEST=1B*' SEED=7 JOBS=2 JSON=out.json JAIL=none COLOR=never \
    TIME_SCALE=2
expect 'every option' 0 '<grade><--lab><pipes><--src><solutions><--test><1B*><--seed><7><--jobs><2><--json><out.json><--jail><none><--color><never><--time-scale><2>'
odd="a b'c\"d;\$(touch $work/owned) \`touch $work/owned\` \\ * \$HOME \$\$ # %"
run grade LAB=pipes "SRC=$odd"
expect 'an odd name is a name' 0 "<grade><--lab><pipes><--src><$odd>"
# shellcheck disable=SC2016 # make is to see it unexpanded
run grade 'LAB=$(shell touch '"$work"'/owned)'
expect 'and no command, not for make either' 0 "<grade><--lab><\$(shell touch $work/owned)>"
if [ -e "$work/owned" ]; then
    echo 'FAILED a value was run as a command'
    failures=$((failures + 1))
fi

TEST=x DIR=y SRC=z run grade LAB=pipes
expect 'what stands in the environment is not an option' 0 '<grade><--lab><pipes>'
run grade LAB=pipes SRC=
expect 'an empty option is none' 0 '<grade><--lab><pipes>'

run grade SRC=solutions SEED=7 JOBS=2 JAIL=none COLOR=never TIME_SCALE=2
expect 'no lab means the board of all' 0 \
    '<board><--src><solutions><--seed><7><--jobs><2><--jail><none><--color><never><--time-scale><2>'
run grade 'TEST=1B*'
expect 'TEST= belongs to one lab' 2 \
    'TEST= chooses items of one lab: say which, make grade LAB=pipes TEST=...'
run grade JSON=all.json
expect 'one file cannot hold all labs' 2 \
    'JSON= names one file: say which lab, make grade LAB=pipes JSON=...'

run start LAB=fifos
expect 'start' 0 '<start><--lab><fifos>'
run start LAB=fifos 'DIR=my work'
expect 'start elsewhere' 0 '<start><--lab><fifos><--dir><my work>'
run reset LAB=fifos
expect 'reset' 0 '<reset><--lab><fifos>'
for target in start reset; do
    run $target
    expect "$target without a lab says what to type" 2 \
        "Which lab? Type: make $target LAB=01-pipes" 'Labs here: 01-pipes 02-fifos'
done
run list
expect 'list' 0 '<list>'
run list LAB=pipes
expect 'list one' 0 '<list><--lab><pipes>'

touch "$kit/labs/01-pipes/sieve.c"
run clean
if [ "$status" -eq 0 ] && [ ! -e "$kit/build" ] && [ -e "$kit/labs/01-pipes/sieve.c" ]; then
    echo "ok     clean takes build/ and nothing else"
else
    echo "FAILED clean"
    failures=$((failures + 1))
fi

echo "$failures wrong"
[ "$failures" -eq 0 ]
