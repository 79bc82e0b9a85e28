#!/bin/bash
# SPDX-License-Identifier: MIT
# The ipclab program as a person meets it: nothing of a student's is ever lost, every wrong
# argument has its exit status and a line that names it, and no run leaves anything behind.
# Usage: cli.sh [IPCLAB]
set -u
# shellcheck source-path=SCRIPTDIR source=cli_util.sh
. "$(dirname "$0")/cli_util.sh"

# --- start and reset -------------------------------------------------------------------------
fresh
run start --lab pipes
ok 'start exits 0' is 0
ok 'start copies' cmp -s "$lab/sieve.c" "$root/skeletons/01-pipes/sieve.c"
ok 'start says what next' out 'make grade LAB=pipes'
echo mine >"$lab/sieve.c"
rm "$lab/io.c"
run start --lab 1
ok 'start keeps' grep -qx mine "$lab/sieve.c"
ok 'start says so' out 'sieve.c (yours)'
ok 'start fills in' cmp -s "$lab/io.c" "$root/skeletons/01-pipes/io.c"
rm "$lab/sieve.c"
ln -s /nowhere "$lab/sieve.c"
run start --lab pipes
ok 'start keeps a dangling link' test -L "$lab/sieve.c"
run start --lab pipes --dir "$tmp/my work"
ok 'start --dir makes the folder' test -f "$tmp/my work/sieve.c"
ok 'start --dir brings the header' test -f "$tmp/my work/io.h"
ok 'start --dir quotes what next' out "SRC='$tmp/my work'"
run start --lab pipes --dir /proc/nowhere
ok 'start in vain is 1' is 1
ok 'start in vain names the place' err /proc/nowhere

fresh
run start --lab pipes
echo one >"$lab/sieve.c"
echo other >"$lab/other.c"
run reset --lab pipes
ok 'reset exits 0' is 0
ok 'reset renews' cmp -s "$lab/sieve.c" "$root/skeletons/01-pipes/sieve.c"
ok 'reset keeps the old' grep -qx one "$lab"/backup-*/sieve.c
ok 'reset says where' out "$lab/backup-"
ok 'reset touches nothing else' grep -qx other "$lab/other.c"
echo two >"$lab/sieve.c"
run reset --lab pipes
ok 'reset twice keeps both' [ "$(cat "$lab"/backup-*/sieve.c | sort | tr '\n' ' ')" = 'one two ' ]
ok 'reset leaves no trial' [ -z "$(find "$lab" -name '.ipclab*')" ]
echo three >"$lab/sieve.c"
run reset --lab pipes --dir /proc/self
ok 'reset in vain is 1' is 1
# A disk that is full, in miniature: the trial fails, so nothing may have moved.
(
    ulimit -f 0
    trap '' XFSZ
    timeout --foreground "$longest" "$ipclab" --root "$root" reset --lab pipes >"$tmp/out" 2>"$tmp/err"
    echo $? >"$tmp/rc"
) 2>/dev/null
ok 'reset on a full disk is 1' [ "$(cat "$tmp/rc")" != 0 ]
ok 'reset on a full disk keeps' grep -qx three "$lab/sieve.c"

# --- wrong usage: status | what the one line must name | arguments ----------------------------
fresh
touch "$tmp/file" && mkdir -p "$tmp/empty"
while IFS='|' read -r status names args; do
    # shellcheck disable=SC2086
    run $args
    ok "[$args] exits $status" is "$status"
    ok "[$args] names $names" err "$names"
    ok "[$args] is one line" one_line
    ok "[$args] leaves nothing" clean
done <<X
2|"fly"|fly
2|which lab|grade
2|did you mean pipes|grade --lab pips
2|no lab "../01-pipes"|grade --lab ../01-pipes
2|--se|grade --lab pipes --se 3
2|--seed -1|grade --lab pipes --seed -1
2|--seed 12x|grade --lab pipes --seed 12x
2|--seed 18446744073709551616|grade --lab pipes --seed 18446744073709551616
2|--seed needs a value|grade --lab pipes --seed
2|--jobs 0|grade --lab pipes --jobs 0
2|--jobs 2.5|grade --lab pipes --jobs 2.5
2|--time-scale 0|grade --lab pipes --time-scale 0
2|--time-scale nan|grade --lab pipes --time-scale nan
2|--time-scale inf|grade --lab pipes --time-scale inf
2|--time-scale -1|grade --lab pipes --time-scale -1
2|--color red|grade --lab pipes --color red
2|--jail docker|grade --lab pipes --jail docker
2|--csv takes no value|grade --lab pipes --csv=1
2|--csv-header goes with|grade --lab pipes --csv-header
2|"x" belongs to no option|grade --lab pipes x
2|/nosuch: no such folder|grade --lab pipes --src /nosuch
2|$tmp/file is a file|grade --lab pipes --src $tmp/file
2|matches no item; items: 1A.1|grade --lab pipes --test 9*
2|did you mean '1b*'? Items: 1A.1|grade --lab pipes --test 1b
2|/nosuch/|grade --lab pipes --json /nosuch/r.json
2|/dev/null is not a regular|grade --lab pipes --json /dev/null
2|--dir needs a value|start --lab pipes --dir
2|did you mean|reset --lab pipe
X
mv "$root/build/suites/01-pipes" "$tmp/away"
run grade --lab pipes
ok 'no suite is 75' is 75
ok 'no suite names it' err 'make build'
mv "$tmp/away" "$root/build/suites/01-pipes"
ok 'version' [ "$(timeout "$longest" "$ipclab" --version)" = 'ipclab 0.1.0' ]
if [ "$(id -u)" -ne 0 ]; then # root reads everything
    mkdir -m 0 "$tmp/closed"
    run grade --lab pipes --src "$tmp/closed"
    ok 'unreadable folder is 2' is 2
fi

# --- grade -----------------------------------------------------------------------------------
run grade --lab pipes --src "$root/solutions" --json "$tmp/r.json" --seed 5
ok 'full marks are 0' is 0
ok 'full marks are shown' out 10/10
ok 'the seed is shown' out 'seed 5'
ok 'json is there' grep -q '"complete": true' "$tmp/r.json"
ok 'own json is there' cmp -s "$tmp/r.json" "$root/build/results/01-pipes/result.json"
rm "$d/calls"
run grade --lab pipes --src "$root/solutions" --jobs 1 # of two at once either may write first
ok 'plain comes first' [ "$(awk '{print $2}' "$d/calls" | tail -1)" = 1A.2 ]
ok 'and yet all are shown in their order' \
    [ "$(awk '$1 == "ok" { printf "%s ", $2 }' "$tmp/out")" = '1A.1 1A.2 1B.1 1B.2 ' ]
ok 'nothing stays' clean
run grade --lab pipes --src "$root/solutions" --csv --csv-header
ok 'csv is header and line' [ "$(wc -l <"$tmp/out")" -eq 2 ]
ok 'csv has the points' out ',10,10,10,PASS:4,3,1,5,1'
rm -f "$d/calls"
run grade --lab pipes --src "$root/solutions" --test '1a.?'
ok '--test chooses' [ "$(wc -l <"$d/calls")" -eq 2 ]
ok '--test is said' out 'not a grade of the whole lab'
run grade --lab pipes --src "$root/solutions" --jail none
ok 'no jail grades' is 0
ok 'no jail is said aloud' out 'not isolated'
LD_PRELOAD='' CK_RUN_CASE=x GCC_EXEC_PREFIX=/nosuch run grade --lab pipes --src "$root/solutions"
ok 'a stray environment changes nothing' is 0

echo 'exit 3' >"$d/1B.1.sh"
run grade --lab pipes --src "$root/solutions" --jail none --test 1B.1
ok 'no jail: a retry begins in an empty folder' out 'exited 3 without a record (tried 3 times)'
rm "$d/1B.1.sh"

verdict 1B.1 FAIL 1
run grade --lab pipes --src "$root/skeletons"
ok 'below is 1' is 1
ok 'gated' out "1B.2: passed, counts when all of 1B's behaviour passes"
ok 'unwritten code' out 'sieve.c:3 still says TODO(01.2): print the primes. Start there:'
ok 'points' out 4/10
marked() { # marked MARK TEXT: what is said of MARK in a comment of sieve.c
    printf 'int main(void)\n{\n    /* TODO(01.2): %b */\n}\n' "$1" >"$tmp/marked/sieve.c"
    run grade --lab pipes --src "$tmp/marked" --test 1B.1
    ok "the mark reads: $2" out "sieve.c:3 still says TODO(01.2): $2 Start there"
}
mkdir "$tmp/marked"
cp "$root/solutions/01-pipes/io.c" "$tmp/marked"
marked "a '\\\\0' behind it" "a '\\0' behind it."
marked 'who closes it?' 'who closes it?'
marked 'close both ends.' 'close both ends.'
marked '\033[2Jgone \\ \342\200\256' '\x1b[2Jgone \ \xe2\x80\xae.'
said='{"kind":"stderr","process":"sieve","pid":2,"text":"sieve: TODO(01.9): not written yet"}'
sed -i "s/\"findings\":\[\]/\"findings\":[$said]/" "$d/1B.1.rec"
printf 'int main(void)\n{\n    /* TODO(01.9): wait */\n}\n' >"$tmp/marked/sieve.c"
run grade --lab pipes --src "$tmp/marked" --test 1B.1
ok 'a mark of another step that the program names' out 'sieve.c:3 still says TODO(01.9): wait.'
ok 'and where to read on' out 'read: labs/01-pipes/README.md, step 01.9'
printf 'int main(void)\n{\n    return 0;\n}\n' >"$tmp/marked/sieve.c"
run grade --lab pipes --src "$tmp/marked" --test 1B.1
ok 'a mark that is gone is not spoken of' [ "$(grep -c 'still says' "$tmp/out")" -eq 0 ]
sed -i "s/\"findings\":\[.*\]/\"findings\":[]/" "$d/1B.1.rec"

echo 0 >"$d/1B.1.rc"
rm -f "$d/calls"
run grade --lab pipes --src "$root/solutions"
ok 'a status that disagrees is 75' is 75
ok 'is retried twice' [ "$(grep -c 1B.1 "$d/calls")" -eq 3 ]
ok 'is INFRA' out 'but the record says FAIL'
ok 'is not judged' out '5/5 of 10 judged'
rm "$d/1B.1.rec"
run grade --lab pipes --src "$root/solutions"
ok 'no record is 75' is 75
cp "$d/1B.2.rec" "$d/1B.1.rec"
run grade --lab pipes --src "$root/solutions"
ok 'a record for another item is 75' is 75
echo 'kill -9 $$' >"$d/1B.1.sh"
run grade --lab pipes --src "$root/solutions"
ok 'a killed suite is 75' is 75
ok 'the signal is named' out 'signal 9'

# --- what students hand in -------------------------------------------------------------------
fresh
src=$tmp/src
verdict_of() { # verdict_of SETUP..: grade $src after SETUP
    rm -rf "$src"
    mkdir "$src"
    cp "$root/solutions/01-pipes/"*.c "$src"
    "$@"
    run grade --lab pipes --src "$src" --test '1B.1'
    ok "[$*] is 1" is 1
    ok "[$*] leaves nothing" clean
}
verdict_of rm "$src/sieve.c"
ok 'missing' out "sieve.c is missing in $src; make start LAB=pipes"
verdict_of ln -sf /etc/passwd "$src/sieve.c"
ok 'link' out 'is a symbolic link'
in_place() { rm "$src/sieve.c" && "$@" "$src/sieve.c"; }
verdict_of in_place mkfifo
ok 'fifo' out 'is not a regular file'
verdict_of in_place mkdir
ok 'folder' out 'is a folder'
verdict_of in_place truncate -s 2M
ok 'large' out 'larger than 1 MiB'
text() { printf '%b' "$1" >"$src/sieve.c"; }
verdict_of text 'int main(void)\n{\n    retrun 0;\n}\n'
ok 'compile error' out 'sieve.c:3:5: error:'
ok 'compile error, how to see all' out "cd $src && gcc"
verdict_of text 'int f(void);\nint main(void)\n{\n    return f();\n}\n'
ok 'link error' out "undefined reference to \`f'"
verdict_of text '#include <stdlib.h>\nint main(void)\n{\n    return system("true");\n}\n'
ok 'forbidden' out 'sieve.c:4 calls system(), which this lab does not allow: use fork and exec'
verdict_of text '#include "/etc/passwd"\nint main(void) {}\n'
ok 'the compiler cannot read the host' out 'No such file'
verdict_of text '\033[2J\377 int main(void) {}\n'
ok 'no escape sequence comes through' [ -z "$(tr -d '\n\t -~' <"$tmp/out" | tr -d '\200-\377')" ]
verdict_of text '#include __FILE__\nint main(void) {}\n'
ok 'endless include' out COMPILE_ERROR
# A file that is two of itself, and so on: more than any compiler can read, in little memory.
text '#if __INCLUDE_LEVEL__ < 60\n#include __FILE__\n#include __FILE__\n#endif\n'
run grade --lab pipes --src "$src" --test 1B.1 --time-scale 0.05
ok 'a compiler without end is 1' is 1
ok 'a compiler without end is said to be' out 'the compiler did not finish sieve.c within 1 s of processor'
ok 'gcc is not quoted on it' [ "$(grep -c 'signal terminated' "$tmp/out")" -eq 0 ]
text 'int main(void)\n{\n    int unused;\n    return 0;\n}\n'
run grade --lab pipes --src "$src" --test 1B.1
ok 'warnings are advice' is 0
ok 'warnings are shown' out 'unused variable'
echo '#error mine' >"$lab/../../tampered.h"
echo '#error mine' >"$src/io.h"
run grade --lab pipes --src "$src" --test 1A.1
ok "the kit's header wins" is 0

# --- hints -------------------------------------------------------------------------------------
fresh
printf '# Hints\n\n## 01.1 io\n\n### 1\nnudge\n\n### 2\nidea\n\n### 3\nline\n\n## 01.2 sieve\n\n### 1\nother\n' \
    >"$lab/hints.md"
run hint --lab pipes
ok 'hint lists the steps' out '01.2 sieve'
run hint --lab pipes --step 1.1
ok 'hint gives the first level' out nudge
ok 'hint keeps the second' [ "$(grep -c idea "$tmp/out")" -eq 0 ]
ok 'hint says how to go on' out 'make hint LAB=pipes STEP=01.1 LEVEL=2'
run hint --lab pipes --step 1a.2 --level 3
ok 'hint knows items' out line
ok 'hint has an end' out 'That was the last one'
ok 'hint stays in its step' [ "$(grep -c other "$tmp/out")" -eq 0 ]
run hint --lab pipes --step 7
ok 'hint of no step is 2' is 2
ok 'hint names the step' err 'no hints for step 01.7'
run hint --lab pipes --step 9Z.9
ok 'hint of no item is 2' is 2
ok 'hint names the item' err '9Z.9 is no step and no item'
run hint --lab pipes --step 1 --level 4
ok 'hint of no level is 2' is 2
rm "$lab/hints.md"
run hint --lab pipes
ok 'no hints is 1' is 1
ok 'no hints names the file' err hints.md

# --- told to stop ----------------------------------------------------------------------------
for sig in INT TERM; do
    fresh
    # A child of the suite that must not outlive it, in a session of its own.
    echo "setsid sleep 1000 & echo \$! >$tmp/stray; echo up >$tmp/up; sleep 1000" >"$d/1B.1.sh"
    rm -f "$tmp/up" && mkfifo "$tmp/up"
    exec 9<>"$tmp/up" # both ways: opening must not wait for the suite
    # A shell's background job ignores SIGINT; setsid -w would not give it back.
    (trap - INT; exec env --default-signal=INT "$ipclab" --root "$root" grade --lab pipes \
        --src "$root/solutions" --json "$tmp/s.json") >"$tmp/out" 2>"$tmp/err" &
    pid=$!
    read -r -t "$longest" -u 9 _ || late 'the suite of 1B.1 to start'
    kill -s $sig $pid
    timeout "$longest" tail -s 0.05 --pid=$pid -f /dev/null || {
        late "ipclab to end after SIG$sig"
        kill -s KILL $pid
    }
    wait $pid
    rc=$?
    exec 9>&-
    ok "$sig exits 128 + signal" [ $rc -eq $((128 + $(kill -l $sig))) ]
    ok "$sig leaves no folder" clean
    ok "$sig leaves no process" [ ! -d "/proc/$(cat "$tmp/stray")" ]
    ok "$sig saves a result that is not complete" grep -q '"complete": false' "$tmp/s.json"
done

echo "cli.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
