#!/bin/sh
# Installs the packages the kit needs, or says the one line that does.
#
#   sh grader/setup.sh [--say] [--stamp FILE] run|dev|slides
#
# run = build and grade; dev = also what `make check` and `make test` use; slides = what `make slides`
# and `make shootout` need. It runs before the first compilation on a machine that may have nothing
# but git and make, so: POSIX sh, no tool of ours.
#
# A package counts as there when its program or header is found, wherever it came from, or when
# dpkg says that it is installed. With apt, root and CI install without asking; others are asked on
# a terminal; without a terminal nothing is touched and the line to type is printed. A stamp file
# remembers the host and the list that were found complete, so the next run costs nothing.
#
# Exit: 0 all there, 1 something is missing, 2 usage.
# The tests set GR_INCLUDE (folders to look for headers in) and GR_APT_LISTS.
set -u

# set  probe           apt            dnf                 pacman
packages='
run  cmd:gcc           gcc            gcc                 gcc
run  hdr:stdlib.h      libc6-dev      glibc-static        glibc
run  cmd:make          make           make                make
run  cmd:git           git            git                 git
run  cmd:pkg-config    pkg-config     pkgconf-pkg-config  pkgconf
run  hdr:check.h       check          check-devel         check
run  cmd:valgrind      valgrind       valgrind            valgrind
run  cmd:bwrap         bubblewrap     bubblewrap          bubblewrap
run  hdr:ini.h         libinih-dev    inih-devel          libinih
run  hdr:jansson.h     libjansson-dev jansson-devel       jansson
dev  cmd:clang-format  clang-format   clang-tools-extra   clang
dev  cmd:clang-tidy    clang-tidy     clang-tools-extra   clang
dev  cmd:cppcheck      cppcheck       cppcheck            cppcheck
dev  cmd:shellcheck    shellcheck     ShellCheck          shellcheck
dev  cmd:nc            netcat-openbsd netcat              openbsd-netcat
dev  cmd:socat         socat          socat               socat
dev  cmd:pandoc        pandoc         pandoc              pandoc-cli
slides cmd:pandoc      pandoc         pandoc              pandoc-cli
slides cmd:gcc         gcc            gcc                 gcc
slides hdr:stdlib.h    libc6-dev      glibc-static        glibc
'
includes=${GR_INCLUDE-/usr/include /usr/local/include}
apt_lists=${GR_APT_LISTS-/var/lib/apt/lists}

say=no stamp=
usage() {
    echo "usage: setup.sh [--say] [--stamp FILE] run|dev|slides" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --say) say=yes ;;
    --stamp) [ $# -ge 2 ] || usage; stamp=$2; shift ;;
    *) break ;;
    esac
    shift
done
[ $# -eq 1 ] || usage
wanted=$1
case $wanted in run | dev | slides) ;; *) usage ;; esac

have() { command -v "$1" >/dev/null 2>&1; }

# found PROBE DEBIAN_NAME
found() {
    case $1 in
    cmd:*) have "${1#cmd:}" && return 0 ;;
    hdr:*)
        for dir in $includes; do
            [ -e "$dir/${1#hdr:}" ] && return 0
        done
        ;;
    esac
    have dpkg-query &&
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null)" = installed ]
}

# missing COLUMN: names of what is not there, as the packager of that column (3 apt, 4 dnf,
# 5 pacman) calls it.
missing() {
    echo "$packages" | while read -r set probe apt dnf pacman; do
        [ "$set" = "$wanted" ] || continue
        found "$probe" "$apt" && continue
        case $1 in
        apt) echo "$apt" ;;
        dnf) echo "$dnf" ;;
        pacman) echo "$pacman" ;;
        esac
    done | uniq | tr '\n' ' ' | sed 's/ $//'
}

# What the stamp holds: this host, and every package of the list.
state() {
    uname -n
    echo "$packages" | while read -r set _ apt _; do
        if [ "$set" = "$wanted" ]; then echo "$apt"; fi
    done
}

finish() {
    if [ -n "$stamp" ]; then
        if ! mkdir -p "$(dirname "$stamp")" || ! state >"$stamp"; then
            echo "setup: cannot write $stamp" >&2
            exit 1
        fi
    fi
    [ $say = no ] || echo "setup: everything for '$wanted' is there"
    exit 0
}

# stop NAMES: say what is missing and the one line that installs it.
stop() {
    {
        echo "setup: missing: $1"
        if have apt-get; then
            line="apt-get install --no-install-recommends $1"
        elif have dnf; then
            line="dnf install $(missing dnf)"
        elif have pacman; then
            line="pacman -S --needed $(missing pacman)"
        else
            line=
        fi
        if [ -z "$line" ]; then
            echo "setup: these are Debian's names; install what your system calls them"
        elif [ "$(id -u)" = 0 ]; then
            echo "setup: type: $line"
        else
            echo "setup: type: sudo $line"
        fi
    } >&2
    exit 1
}

# as_root COMMAND ARG..: by ourselves or through sudo; debconf is never to ask anything.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_update() { as_root apt-get -q -o DPkg::Lock::Timeout=120 update; }

apt_install() {
    as_root apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
}

have_lists() {
    for list in "$apt_lists"/*_Packages*; do
        [ -e "$list" ] && return 0
    done
    return 1
}

# install NAME..: fresh lists first when there are none; again with fresh ones when it fails, as
# old lists name versions that the mirrors have dropped.
install() {
    if have_lists; then
        apt_install "$@" && return 0
    fi
    apt_update && apt_install "$@"
}

in_ci() { [ -n "${CI-}" ] && [ "$CI" != false ]; }

# may_install NAMES: root and CI need no question; a person is asked; nobody there means no.
may_install() {
    have apt-get || return 1
    [ "$(id -u)" = 0 ] && return 0
    have sudo || return 1
    in_ci && return 0
    [ -t 0 ] && [ -t 2 ] || return 1
    printf 'Install %s with apt? [Y/n] ' "$1" >&2
    read -r answer || return 1
    case $answer in '' | [Yy]*) return 0 ;; esac
    return 1
}

if [ -n "$stamp" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(state)" ]; then
    exit 0
fi
lacking=$(missing apt)
[ -n "$lacking" ] || finish
may_install "$lacking" || stop "$lacking"

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 1' INT TERM
echo "setup: installing $lacking" >&2
# The names are ours and hold no blanks: they are to become separate arguments.
# shellcheck disable=SC2086
if ! install $lacking >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    stop "$lacking"
fi
still=$(missing apt)
[ -z "$still" ] || stop "$still"
finish
