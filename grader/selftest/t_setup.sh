#!/usr/bin/env bash
# grader/setup.sh on machines that are not this one: Debian and others, root and not, with and
# without a terminal. Its PATH holds stubs and the few plain tools it may use, nothing else, so
# nothing is ever installed here.
set -euo pipefail
cd "$(dirname "$0")/../.."
setup=$PWD/grader/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
bin=$work/bin inc=$work/include lists=$work/lists did=$work/did out=$work/out stamp=$work/b/stamp
script_tool=$(command -v script) || script_tool=
sh=$(command -v sh) env=$(command -v env)
plain_tools='sh cat chmod uname dirname mkdir mktemp rm tail tr uniq sed env'
run_tools='gcc make git pkg-config valgrind bwrap'
run_headers='stdlib.h check.h ini.h jansson.h'

# stub NAME: a program whose text is on stdin.
stub() {
    { echo "#!$sh" && cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

# machine UID: everything there, nothing done yet.
machine() {
    local name
    rm -rf "$work/b" "$bin" "$inc" "$lists" "$did"
    mkdir -p "$bin" "$inc" "$lists"
    : >"$did"
    : >"$lists/mirror_Packages"
    for name in $plain_tools; do ln -s "$(command -v "$name")" "$bin/$name"; done
    for name in $run_tools clang-format clang-tidy cppcheck shellcheck nc socat pandoc; do stub "$name" <<<:; done
    for name in $run_headers; do : >"$inc/$name"; done
    stub id <<<"echo $1"
}

# lacks NAME..: takes tools and headers away.
lacks() {
    local name
    for name in "$@"; do rm "$bin/$name" 2>/dev/null || rm "$inc/$name"; done
}

# apt: one that writes down what it was asked. `stale` in $work makes it fail until updated.
debian() {
    rm -f "$work/stale" "$work/broken"
    stub dpkg-query <<<'exit 1'
    stub sudo <<<"printf 'sudo ' >>'$did'; exec \"\$@\""
    stub apt-get <<EOT
echo "apt-get \$* [\${DEBIAN_FRONTEND-}]" >>'$did'
case " \$* " in
*' update '*) rm -f '$work/stale' ;;
*' install '*)
    [ ! -e '$work/stale' ] && [ ! -e '$work/broken' ] || { echo 'E: no such version'; exit 100; }
    for name; do
        case \$name in
        valgrind | cppcheck) echo '#!$sh' >'$bin/'\$name; chmod +x '$bin/'\$name ;;
        check) echo >'$inc/check.h' ;;
        esac
    done ;;
esac
EOT
}

# setup ARG..: with nobody at a terminal. CI comes from $ci.
ci=
setup() {
    status=0
    "$env" -i PATH="$bin" CI="$ci" GR_INCLUDE="$inc" GR_APT_LISTS="$lists" TMPDIR="$work" \
        "$sh" "$setup" "$@" >"$out" 2>&1 </dev/null || status=$?
}

# setup_typing TEXT ARG..: with a person at a terminal who types TEXT.
setup_typing() {
    local typed=$1
    shift
    status=0
    printf '%s\n' "$typed" | "$script_tool" -qec "'$env' -i PATH='$bin' GR_INCLUDE='$inc' \
        GR_APT_LISTS='$lists' TMPDIR='$work' '$sh' '$setup' $*" /dev/null >"$out" 2>&1 || status=$?
}

# expect TITLE STATUS [TEXT]: the exit status, and TEXT in what was said.
expect() {
    if [ "$status" -eq "$2" ] && grep -qF -- "${3-}" <(cat "$out" && echo); then
        echo "ok     $1"
    else
        printf 'FAILED %s: exit %s, wanted %s and "%s"\n' "$1" "$status" "$2" "${3-}"
        sed 's/^/    | /' "$out"
        failures=$((failures + 1))
    fi
}

# done_is TITLE LINE..: apt and sudo were called exactly so ("-q -y -o ..." left out).
done_is() {
    local title=$1 got want
    shift
    got=$(sed -E 's/-q |-y |-o [^ ]+ |--no-install-recommends //g' "$did")
    want=$(printf '%s\n' "$@")
    if [ "$got" = "$want" ]; then
        echo "ok     $title"
    else
        printf 'FAILED %s:\n--- wanted\n%s\n--- got\n%s\n' "$title" "$want" "$got"
        failures=$((failures + 1))
    fi
}

machine 0 && debian
setup --stamp "$stamp" run
expect 'a complete machine is left alone' 0 ''
done_is 'and apt is not called'

machine 0 && debian && lacks valgrind check.h
setup --stamp "$stamp" run
expect 'root installs without asking' 0 'setup: installing check valgrind'
done_is 'in one call that asks nothing' 'apt-get install check valgrind [noninteractive]'
setup --stamp "$stamp" run
done_is 'and once only' 'apt-get install check valgrind [noninteractive]'

lacks valgrind
setup --stamp "$stamp" run
expect 'the stamp spares the second look' 0 ''
echo 'another host' >"$stamp"
setup --stamp "$stamp" run
done_is 'a stamp of another list or host does not count' \
    'apt-get install check valgrind [noninteractive]' 'apt-get install valgrind [noninteractive]'

machine 0 && debian && lacks valgrind && rm "$lists/mirror_Packages"
setup run
expect 'a machine without package lists' 0
done_is 'fetches them first' 'apt-get update [noninteractive]' \
    'apt-get install valgrind [noninteractive]'

machine 0 && debian && lacks valgrind && : >"$work/stale"
setup run
expect 'stale package lists' 0
done_is 'are renewed, once' 'apt-get install valgrind [noninteractive]' \
    'apt-get update [noninteractive]' 'apt-get install valgrind [noninteractive]'

machine 0 && debian && lacks valgrind && : >"$work/broken"
setup --stamp "$stamp" run
expect 'an apt that fails is quoted' 1 'E: no such version'
expect 'with the line to type' 1 'type: apt-get install --no-install-recommends valgrind'
setup --stamp "$stamp" run
expect 'and no stamp claims that all is well' 1

machine 0 && debian && lacks bwrap
setup run
expect 'apt that installed nothing useful is not believed' 1 'missing: bubblewrap'

machine 1000 && debian && lacks valgrind
setup run
expect 'nobody to ask: the line to type' 1 \
    'type: sudo apt-get install --no-install-recommends valgrind'
done_is 'and nothing is touched'

ci=true
setup run
expect 'CI installs without asking' 0
done_is 'through sudo' 'sudo apt-get install valgrind [noninteractive]'
ci=

at_a_terminal() {
    machine 1000 && debian && lacks valgrind
    setup_typing y run
    expect 'a person is asked' 0 'Install valgrind with apt? [Y/n]'
    done_is 'yes installs' 'sudo apt-get install valgrind [noninteractive]'

    machine 1000 && debian && lacks valgrind
    setup_typing '' run
    expect 'return alone means yes' 0
    done_is 'too' 'sudo apt-get install valgrind [noninteractive]'

    machine 1000 && debian && lacks valgrind
    setup_typing n run
    expect 'no leaves the line to type' 1 'type: sudo apt-get install'
    done_is 'and installs nothing'

    machine 1000 && debian && lacks valgrind && lacks sudo
    setup_typing y run
    expect 'without sudo nobody is asked' 1 'missing: valgrind'
    done_is 'and nothing happens'
}

terminal=no
if [ -n "$script_tool" ] && "$script_tool" -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    terminal=yes
    at_a_terminal
fi

machine 1000 && debian && lacks valgrind
# shellcheck disable=SC2016 # the stub expands it
stub dpkg-query <<<'[ "$4" = valgrind ] && printf installed'
setup run
expect 'what dpkg knows as installed counts' 0

machine 1000 && debian && lacks cppcheck
setup run
expect 'grading needs no developer tool' 0
setup dev
expect 'testing does' 1 'missing: cppcheck'

machine 1000 && lacks valgrind ini.h && stub dnf <<<"echo dnf >>'$did'"
setup run
expect 'Fedora gets its own names' 1 'type: sudo dnf install valgrind inih-devel'
done_is 'and is not touched'

machine 0 && lacks valgrind ini.h && stub pacman <<<"echo pacman >>'$did'"
setup run
expect 'Arch, too' 1 'type: pacman -S --needed valgrind libinih'
done_is 'even for root'

machine 0 && lacks valgrind
setup run
expect 'an unknown system gets the list' 1 'missing: valgrind'

machine 0
setup --say run
expect 'make setup says that all is there' 0 "everything for 'run' is there"
setup
expect 'no set is a usage error' 2 usage
setup everything
expect 'so is an unknown one' 2 usage

# The Makefile: setup comes before the first compilation, whatever the first command was.
copy=$work/copy
mkdir -p "$copy/grader/ipclab" "$copy/grader/selftest"
cp Makefile "$copy"
cp grader/setup.sh grader/help.awk "$copy/grader"
echo 'int main(void) { return 0; }' >"$copy/grader/ipclab/main.c"
for target in grade build list test check; do
    machine 0 && debian && lacks gcc
    for name in make awk find ar; do
        rm -f "$bin/$name"
        ln -s "$(command -v "$name")" "$bin/$name"
    done
    rm -rf "$copy/build"
    status=0
    "$env" -i PATH="$bin" GR_INCLUDE="$inc" GR_APT_LISTS="$lists" TMPDIR="$work" \
        "$bin/make" -j4 -C "$copy" "$target" >"$out" 2>&1 </dev/null || status=$?
    expect "make $target on a machine without gcc begins with setup" 2 'setup: missing: gcc'
    if grep -q '  CC ' "$out"; then
        echo "FAILED make $target compiled before setup"
        failures=$((failures + 1))
    fi
done

echo "$failures wrong"
[ "$failures" -eq 0 ] || exit 1
if [ $terminal = no ]; then
    echo 'no pseudo-terminal here, so the questions to a person were not tried'
    exit 77
fi
