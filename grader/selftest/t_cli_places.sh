#!/bin/bash
# SPDX-License-Identifier: MIT
# Where ipclab reads and writes: a stdout that is closed, a disk that is full, a run folder with an odd
# name. Nothing is lost without a word.
# Usage: t_cli_places.sh [IPCLAB]
set -u
# shellcheck source-path=SCRIPTDIR source=cli_util.sh
. "$(dirname "$0")/cli_util.sh"
fresh

# --- odd names -------------------------------------------------------------------------------
# The linker of programs cuts LD_PRELOAD at blanks and colons, and without a jail our paths stand there.
for odd in 'a b' a:b plain; do
    mkdir -m 755 "$tmp/$odd"
    rm -f "$d/calls"
    TMPDIR=$tmp/$odd run grade --lab pipes --src "$root/solutions" --jail none --test 1B.1
    ok "no jail grades with TMPDIR $odd" is 0
    in_it=$(grep -cF "$tmp/$odd/ipclab." "$d/calls")
    ok "no jail takes TMPDIR $odd only if it can" [ "$in_it" -eq "$([ "$odd" = plain ] && echo 1 || echo 0)" ]
done

# --- nowhere to write ------------------------------------------------------------------------
into() { # into FILE ARGS..: ipclab with stdout on FILE, - for closed
    : >"$tmp/out"
    if [ "$1" = - ]; then
        timeout --foreground "$longest" "$ipclab" --root "$root" "${@:2}" >&- 2>"$tmp/err"
    else
        timeout --foreground "$longest" "$ipclab" --root "$root" "${@:2}" >"$1" 2>"$tmp/err"
    fi
    rc=$?
}
rm -f "$d/calls"
for csv in '' --csv; do
    # shellcheck disable=SC2086
    into - grade --lab pipes --src "$root/solutions" $csv
    ok "closed stdout is 2 ($csv)" is 2
    ok "closed stdout is named ($csv)" err 'stdout'
    ok "closed stdout grades nothing ($csv)" [ ! -e "$d/calls" ]
done
into /dev/full grade --lab pipes --src "$root/solutions"
ok 'a report on a full disk is 75' is 75
ok 'a report on a full disk is said' err 'the report could not be written to stdout'
into /dev/full grade --lab pipes --src "$root/solutions" --csv
ok 'a CSV line on a full disk is 75' is 75
ok 'a CSV line on a full disk is said' err 'cannot write the CSV line: No space left on device'
into - list
ok 'a list on a closed stdout is 1' is 1

full() { # full COMMAND ARGS..: ipclab where no file may be larger than 100 KiB, a full disk in miniature
    (
        ulimit -Sf 100
        trap '' XFSZ
        run "$@"
        echo $rc >"$tmp/rc"
    )
    rc=$(cat "$tmp/rc")
}
head -c 300000 /dev/zero >"$root/build/bin/gr-warden"
full grade --lab pipes --src "$root/solutions"
ok 'a full TMPDIR is 75' is 75
ok 'a full TMPDIR is named' err "cannot write $TMPDIR/ipclab."
ok 'a full TMPDIR: the way out' err "is there space in $TMPDIR? TMPDIR=DIR chooses another folder"
ok 'a full TMPDIR is not for make' [ "$(grep -c 'make build' "$tmp/err")" -eq 0 ]
ok 'a full TMPDIR is left clean' clean
rm "$root/build/bin/gr-warden"
run grade --lab pipes --src "$root/solutions"
ok 'a missing tool is 75' is 75
ok 'a missing tool is for make' err "build/bin/gr-warden: No such file or directory; type \`make build\`"
install -m 755 /dev/null "$root/build/bin/gr-warden"

# --- a shell with low limits ------------------------------------------------------------------
low() { # low FLAG N COMMAND ARGS..
    (
        ulimit "$1" "$2"
        run "${@:3}"
        echo $rc >"$tmp/rc"
    )
    rc=$(cat "$tmp/rc")
}
rm -f "$d/calls"
for at in '-u 599' '-n 1024' '-f 60000' '-v 2000000'; do
    # shellcheck disable=SC2086
    low $at grade --lab pipes --src "$root/solutions"
    ok "ulimit $at is 75" is 75
    ok "ulimit $at: which" err "\`ulimit -H${at:1:1}\` shows the limit"
    ok "ulimit $at grades nothing" [ ! -e "$d/calls" ]
done
low -u 599 grade --lab pipes --src "$root/solutions"
ok 'ulimit -u 599: how much' err 'this shell allows 599 processes, and grading needs 600'
low -u 600 grade --lab pipes --src "$root/solutions" --test 1B.1
ok 'ulimit -u 600 is enough' [ -e "$d/calls" ]

echo "t_cli_places.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
