# Sourced by run.sh. What Helgrind and DRD say of a mutant on the scenario of the plain output test, with
# the options a student would give them, and what they say of the correct program it was made of. To
# be looked at: it decides nothing. $slug, $mutants, $out, $root, $work, $only, $lab and $tools
# are run.sh's.
# shellcheck shell=bash disable=SC2154 # they are assigned there
tool_names=(helgrind drd)
tool_net=${GR_TOOL_SECONDS:-20} # seconds that a program may take under a tool

# want_tools: asked for with --tools all, or one lab was named and has races to be found
want_tools() {
    [ -e "$mutants/plain.sh" ] && [ -x /usr/bin/valgrind ] || return 1
    case $tools in
    all) ;;
    none) return 1 ;;
    *) [ -n "$lab" ] && grep -qs '^expect: *RACE' "$mutants"/*.patch ;;
    esac
}

# base_of PATCH: solution, or the name of the alternative
base_of() {
    local base
    base=$(head_of base "$1")
    case $base in
    '' | solutions/*) echo solution ;;
    *) echo "${base##*/}" ;;
    esac
}

# carriers PATCH: the programs that a file of the patch goes into
carriers() {
    local name sources driver source
    while IFS='|' read -r name sources _ driver; do
        for source in $sources; do
            grep -qxF "+++ b/$source" <(sed 's/\t.*//; s/ *$//' "$1") || continue
            echo "${driver:+driver_}$name"
            break
        done
    done < <(programs)
}

# run_tool TOOL BIN DIR SECONDS PROGRAM..: the scenario, those programs under the tool. DIR/says gets
# what it prints, DIR/PROGRAM.PID what the tool says of a process.
run_tool() {
    local tool=$1 bin=$2 dir=$3 net=$4 program
    shift 4
    mkdir -p "$dir/wrap" && chmod 755 "$dir/wrap" || return 1
    for program; do
        cat >"$dir/wrap/$program" <<X
#!/bin/sh
exec valgrind --tool=$tool --trace-children=yes --trace-children-skip='/usr/*,/bin/*' --vgdb=no \\
    --log-file=/run/log/$program.%p /run/bin/$program "\$@"
X
        chmod 755 "$dir/wrap/$program"
    done
    run_plain 240 "$bin" --ro-bind "$dir/wrap" /run/wrap --bind "$dir" /run/log \
        --setenv PATH /run/wrap:/run/bin:/usr/bin:/bin --setenv NET "$net" >"$dir/says" ||
        echo "exit $?" >>"$dir/says"
    rm -rf "$dir/wrap"
}

# ended_by_net DIR LOG..: time was up for one of these processes
ended_by_net() {
    local dir=$1
    shift
    grep -qE '^exit (124|137)$' "$dir/says" || return 1
    grep -q 'default action of signal 15' "$@" || [ "$(grep -l 'ERROR SUMMARY' "$@" | wc -l)" -lt $# ]
}

# verdict_of DIR PROGRAM..: N distinct errors, or N+hangs; hangs; fails; - when none of them ran
verdict_of() {
    local dir=$1 program log logs=() n
    shift
    for program; do
        for log in "$dir/$program".[0-9]*; do [ ! -e "$log" ] || logs+=("$log"); done
    done
    if [ ${#logs[@]} -eq 0 ]; then
        echo -
        return
    fi
    n=$(awk -f "$here/errors.awk" "${logs[@]}" | wc -l)
    if grep -qF "the 'impossible' happened" "${logs[@]}" || ! grep -q 'error detector$' "${logs[@]}"; then
        echo fails
    elif ended_by_net "$dir" "${logs[@]}"; then
        if [ "$n" -eq 0 ]; then echo hangs; else echo "$n+hangs"; fi
    else
        echo "$n"
    fi
}

# tools_say NAME PATCH PLAIN: two words, in the order of $tool_names. What does not end by itself gets
# the time that a user gives it, what may only be slow under Valgrind gets more.
tools_say() {
    local name=$1 names tool net=$tool_net
    mapfile -t names < <(carriers "$2")
    if [ "$3" = hangs ]; then net=5; fi
    for tool in "${tool_names[@]}"; do
        run_tool "$tool" "$work/bin-$name" "$out/$name.$tool" "$net" "${names[@]}" &
    done
    wait
    for tool in "${tool_names[@]}"; do verdict_of "$out/$name.$tool" "${names[@]}"; done | xargs
}

# tools_correct BASE: the programs of BASE that some mutant was made of, as they are without it
tools_correct() {
    local base=$1 source=$work/correct-$1 tool patch names
    mapfile -t names < <(for patch in "$mutants"/*.patch; do
        # shellcheck disable=SC2053 # a pattern is meant
        [[ $(basename "$patch" .patch) != $only || $(base_of "$patch") != "$base" ]] ||
            carriers "$patch"
    done | sort -u)
    mkdir -m 755 "$source" && cp "$root/solutions/$slug"/* "$source/" || return 1
    [ "$base" = solution ] || cp "$root/grader/mutants/alt/$slug/$base"/* "$source/"
    build_programs "$source" "$source/bin"
    for tool in "${tool_names[@]}"; do
        run_tool "$tool" "$source/bin" "$out/correct-$base.$tool" "$tool_net" "${names[@]}" &
    done
    wait
}

# tools_of_correct PATCH..: what they say of the correct programs these were made of; blanks that no
# line may break at are \1
tools_of_correct() {
    local patch base program tool seen=' '
    for patch; do
        base=$(base_of "$patch")
        for program in $(carriers "$patch"); do
            [[ $seen != *" $base/$program "* ]] || continue
            seen+="$base/$program "
            if [ "$base" != solution ]; then program=$base/$program; fi
            printf ' %s' "$program"
            for tool in "${tool_names[@]}"; do
                printf '\1%s' "$(verdict_of "$out/correct-$base.$tool" "${program##*/}")"
            done
            printf ','
        done
    done
}

# more_than_correct TOOL PATCH..: of how many it reports more errors than of the correct program
more_than_correct() {
    local tool=$1 patch names mutant correct n=0
    shift
    for patch; do
        mapfile -t names < <(carriers "$patch")
        mutant=$(verdict_of "$out/$(basename "$patch" .patch).$tool" "${names[@]}")
        correct=$(verdict_of "$out/correct-$(base_of "$patch").$tool" "${names[@]}")
        mutant=${mutant%%[!0-9]*} correct=${correct%%[!0-9]*}
        [ "${mutant:-0}" -le "${correct:-0}" ] || n=$((n + 1))
    done
    echo "$n"
}

# tools_legend PATCH..: what stands below the table
tools_legend() {
    local said
    said=$(tools_of_correct "$@")
    echo '  helgrind and drd, on the correct programs, where each error is a false one:'
    fold -s -w 90 <<<"${said%,}" | sed 's/^ */      /; s/ *$//' | tr '\1' ' '
    printf '  more than on the correct program: helgrind of %d, drd of %d, of %d mutants\n' \
        "$(more_than_correct helgrind "$@")" "$(more_than_correct drd "$@")" $#
}
