#!/usr/bin/env bash
# The slides: every example compiles without a warning, prints what the slides show, and is clean
# under Memcheck, those that share memory under ipcgrind, too; every deck is built, without a resource from elsewhere; and each gate of the build
# is seen red. The shoot-out runs, quickly, and its own gates are seen red, too.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
command -v pandoc >/dev/null || { echo 'pandoc is not installed; type: make setup-dev'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failed=0

# ok TEXT COMMAND ARG..
ok() {
    local text=$1
    shift
    checks=$((checks + 1))
    if ! "$@" >"$work/out" 2>&1; then
        echo "not ok: $text"
        sed 's/^/    /' "$work/out"
        failed=$((failed + 1))
    fi
}

# same WANTED COMMAND ARG..: its standard output is the file WANTED
same() {
    local wanted=$1
    shift
    timeout 60 "$@" >"$work/same" 2>"$work/same.err" </dev/null ||
        { echo "exit $?"; cat "$work/same.err"; return 1; }
    diff "$wanted" "$work/same"
}

example() {
    local name=$1 program=$work/$1 args
    ok "$name.c compiles without a warning" gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra \
        -Wpedantic -Wshadow -Wconversion -Werror -o "$program" "slides/examples/$name.c" -lrt -lpthread
    read -ra args <<<"$(sed -n 's/^ \* run: //p' "slides/examples/$name.c")"
    ok "$name prints what slides/examples/$name.out says" \
        same "slides/examples/$name.out" "$program" ${args+"${args[@]}"}
}

# clean NAME: no error and nothing lost, in any of its processes
clean() {
    local name=$1 args
    read -ra args <<<"$(sed -n 's/^ \* run: //p' "slides/examples/$name.c")"
    timeout 120 valgrind --quiet --trace-children=yes --leak-check=full --log-file="$work/$name.vg.%p" \
        "$work/$name" ${args+"${args[@]}"} >/dev/null 2>&1 </dev/null
    if [ -n "$(cat "$work/$name".vg.* 2>/dev/null)" ]; then
        cat "$work/$name".vg.*
        return 1
    fi
    # Something ran at all: a log file each, even if it is empty.
    [ -n "$(ls "$work/$name".vg.*)" ] || return 1
    case $name in sem_* | shm_*) unraced "$name" ;; esac
}

unraced() {
    [ -x build/bin/ipcgrind ] || return 0
    timeout 120 build/bin/ipcgrind "$work/$1" 2>&1 </dev/null
}

# refuses STATUS TEXT COMMAND ARG..: ends so, with one line that holds TEXT
refuses() {
    local status=$1 text=$2 rc=0
    shift 2
    checks=$((checks + 1))
    "$@" >"$work/out" 2>"$work/err" || rc=$?
    if [ $rc -ne "$status" ] || ! grep -qF -- "$text" "$work/err" ||
        [ "$(grep -cv '^usage:\|^  *' "$work/err")" -gt 2 ]; then
        echo "not ok: exit $rc (wanted $status), and standard error should say: $text"
        sed 's/^/    /' "$work/err"
        failed=$((failed + 1))
    fi
}

clean_or_say() {
    clean "$1" >"$work/$1.found" || mv "$work/$1.found" "$work/$1.dirty"
}

# deck NAME SED-SCRIPT: a damaged copy of a good little deck
deck() {
    mkdir -p "$work/decks"
    cat >"$work/good.md" <<'MD'
---
title: A deck
subtitle: for the test
lead: none
---

## Code

```{.c include="pipe_counts.c" marker="counts"}
```

```{.seq}
lanes a | b
1>2 x
2~ waits
```

```{.boxes}
box a 20 20 100 60 proc | a
box b 400 20 100 60 proc | b
arrow a b flow | x
```

::: {.question}
Why?
:::

::: notes
Answer: so.
:::
MD
    sed "$2" "$work/good.md" >"$work/decks/$1.md"
}

takes_nothing() {
    ! grep -oiE '(src|srcset|data)="(https?:)?//[^"]*|<link [^>]*href=[^>]*|url\([^)]*//[^)]*\)|@import[^;]*' "$1"
}

no_solutions() { ! grep -n 'include=.*solutions' slides/[0-9][0-9]-*.md; }

build() { bash slides/build.sh --no-pdf --out "$work/slides" "$@"; }

# red TEXT SED-SCRIPT: the build refuses the damaged deck and says TEXT
red() {
    deck 90-red "$2"
    refuses 1 "$1" build "$work/decks/90-red.md"
}

export -f clean clean_or_say unraced
export work
names=()
for file in slides/examples/*.c; do names+=("$(basename "$file" .c)"); done
for name in "${names[@]}"; do example "$name"; done
for file in slides/examples/*.out; do
    ok "$file belongs to an example" test -f "${file%.out}.c"
done
# Memcheck is what takes the time: two at once.
checks=$((checks + ${#names[@]}))
printf '%s\n' "${names[@]}" |
    xargs -P 2 -I NAME bash -c 'clean_or_say NAME'
for name in "${names[@]}"; do
    if [ -e "$work/$name.dirty" ]; then
        echo "not ok: $name under Memcheck"
        sed 's/^/    /' "$work/$name.dirty"
        failed=$((failed + 1))
    fi
done

# What deck 00 says of races: without its lock the counter of sem_mutex.c is one that is named.
if [ -x build/bin/ipcgrind ]; then
    sed '/check(sem_\(wait\|post\)(&p->lock)/d' slides/examples/sem_mutex.c >"$work/racy.c"
    gcc -std=gnu11 -D_GNU_SOURCE -g -Islides/examples -o "$work/racy" "$work/racy.c" -lpthread
    checks=$((checks + 1))
    if unraced racy >"$work/out" || ! grep -q 'race 1 on' "$work/out"; then
        echo 'not ok: ipcgrind names the race of a counter without its lock'
        sed 's/^/    /' "$work/out"
        failed=$((failed + 1))
    fi
fi

ok 'all decks are built' build
for page in "$work"/slides/[0-9][0-9]-*.html; do
    ok "$(basename "$page") takes nothing from elsewhere" takes_nothing "$page"
done
count=$(find "$work/slides" -name '[0-9][0-9]-*.html' | wc -l)
ok 'there are seven of them' test "$count" -eq 7
ok 'no deck looks into solutions/' no_solutions

deck 90-good ''
ok 'the little deck is good' build "$work/decks/90-good.md"
red 'no marker "nowhere" in slides/examples/pipe_counts.c' 's/marker="counts"/marker="nowhere"/'
red 'no file slides/examples/nothing.c' 's/pipe_counts.c/nothing.c/'
red 'leaves slides/examples' 's|pipe_counts.c|../../solutions/01-pipes/io.c|'
red 'never written into a deck' 's/{.c include.*}/{.c}/'
red 'has a line of 70 columns' "s/^Why?/\`\`\`\n$(printf '%070d' 0)\n\`\`\`/"
red 'no notes' 's/^::: notes/::: nothing/'
red 'without "Answer:"' 's/^Answer/So/'
red 'not a line of a seq picture' 's/^2~ waits/two waits/'
red 'arrow between unknown boxes' 's/^arrow a b/arrow a c/'
refuses 1 'no deck' build "$work/decks/none.md"

shoot=build/shootout/shootout
ok 'the shoot-out measures' $shoot --quick --out "$work/shoot" --cpus any
for file in shootout.csv latency.svg bandwidth.svg; do
    ok "it wrote $file" test -s "$work/shoot/$file"
done
ok 'each channel has its rows' test "$(grep -c ',ping,\|,stream,' "$work/shoot/shootout.csv")" = 74
ok 'an older run can be shown' $shoot --show "$work/shoot/shootout.csv"
sed 's/,ping,/,pong,/' "$work/shoot/shootout.csv" >"$work/bad.csv"
refuses 1 'bad.csv:3: not a line' $shoot --show "$work/bad.csv"
refuses 2 "no channel 'pigeon'" $shoot --only pigeon
refuses 2 'not two processors' $shoot --cpus 0,100000
refuses 1 'RING=nowhere.c: no such file' env RING=nowhere.c bash slides/shootout/build.sh
bash slides/shootout/build.sh

# Ended in the middle it still removes its System V queues.
queues() { ipcs -q | awk '/^0x/ { print $2 }'; }
ends_clean() {
    local before try pid
    before=$(queues)
    # On a busy machine it may be done before it is told: then once more.
    for try in 1 2 3 4 5 6 7 8 9 10; do
        $shoot --only sysv >"$work/stopped" 2>&1 &
        pid=$!
        # It is the program by now, no longer a copy of this shell with its trap, and its queue is
        # there: now it measures.
        while kill -0 "$pid" 2>/dev/null &&
            { [[ $(readlink "/proc/$pid/exe") != */shootout ]] || [ "$(queues)" = "$before" ]; }; do
            :
        done
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" || true
        ! grep -q stopped "$work/stopped" || break
    done
    echo "try $try; queues before: $before; now: $(queues); said:"
    cat "$work/stopped"
    grep -q stopped "$work/stopped" && [ "$(queues)" = "$before" ]
}
ok 'a shoot-out that is stopped leaves no queue' ends_clean

echo "t_slides.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
