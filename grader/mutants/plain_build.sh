# Sourced by run.sh. A plain output test of a mutant: NN-topic/plain.sh runs the programs as a user
# would, and what it prints is compared with what it prints of the reference. It is there to be
# looked at, and decides nothing. $slug, $here, $out, $root and $work are
# run.sh's.
# shellcheck shell=bash disable=SC2154 # they are assigned there

# programs: what lab.ini names, a line NAME|SOURCES|LIBS|DRIVER each
programs() {
    awk -F' *= *' '
        function put() { if (name != "") print name "|" v["sources"] "|" v["libs"] "|" v["driver"] }
        /^\[/ { put(); split("", v); name = ""
                if (match($0, /^\[(program|module) /)) { name = substr($0, RLENGTH + 1); sub(/\]/, "", name) } }
        /^[a-z]+ *=/ { v[$1] = $2 }
        END { put() }' "$root/labs/$slug/lab.ini"
}

# build_programs SOURCES BIN: what lab.ini names, as far as it compiles
build_programs() {
    local name sources libs driver source list
    mkdir -p "$2" || return 1
    while IFS='|' read -r name sources libs driver; do
        list=()
        for source in $sources; do list+=("$1/$source"); done
        [ -z "$driver" ] || list+=("$root/grader/suites/$slug/$driver")
        # shellcheck disable=SC2086 # libraries are words
        gcc -std=gnu11 -D_GNU_SOURCE -g -O0 -w -I"$root/labs/$slug" -I"$1" \
            -o "$2/${driver:+driver_}$name" "${list[@]}" $libs -lpthread -lrt 2>/dev/null || true
    done < <(programs)
}

# run_plain SECONDS BIN [BWRAP-OPTION..]: what plain.sh prints, in a jail that leaves nothing behind
run_plain() {
    local net=$1 bin=$2
    shift 2
    timeout "$net" bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/bin /bin \
        --symlink usr/lib /lib --symlink usr/lib64 /lib64 --dev /dev --mqueue /dev/mqueue \
        --proc /proc --tmpfs /tmp --ro-bind "$bin" /run/bin \
        --ro-bind "$here/plain_t.sh" /run/t.sh --chdir /tmp \
        --ro-bind "$root/grader/mutants/$slug/plain.sh" /run/plain.sh \
        --clearenv --setenv PATH /run/bin:/usr/bin:/bin "$@" \
        bash -c '. /run/t.sh && . /run/plain.sh' 2>/dev/null </dev/null
}

# The reference's answer, once a lab; without it there is nothing to compare with.
plain_reference() {
    rm -f "$out/plain.ref"
    [ -e "$root/grader/mutants/$slug/plain.sh" ] || return 0
    build_programs "$root/solutions/$slug" "$work/ref-$slug"
    run_plain 60 "$work/ref-$slug" >"$out/plain.ref" || rm -f "$out/plain.ref"
}

# plain_says NAME: passes, fails, hangs, or - if nobody asked. Its programs stand in $work/bin-NAME.
plain_says() {
    if [ ! -e "$out/plain.ref" ]; then
        echo -
        return
    fi
    run_plain 60 "$work/bin-$1" >"$out/$1.plain"
    if cmp -s "$out/plain.ref" "$out/$1.plain"; then
        echo passes
    elif grep -q '^exit 124$' "$out/$1.plain"; then
        echo hangs
    else
        echo fails
    fi
}
