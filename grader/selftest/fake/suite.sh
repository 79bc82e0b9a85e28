#!/bin/sh
# SPDX-License-Identifier: MIT
# A suite that judges nothing: it answers from the folder "$0.d", so that a test can say beforehand
# what ipclab will hear. list: the list; ID.rec: the record; ID.rc: the exit status; ID.sh: run it.
d=$0.d
if [ "$1" = --list ]; then
    cat "$d/list"
    exit
fi
id=$2
echo "$*" >>"$d/calls"
# shellcheck source=/dev/null
[ ! -f "$d/$id.sh" ] || . "$d/$id.sh"
[ ! -f "$d/$id.rec" ] || cat "$d/$id.rec" >&3
[ ! -f "$d/$id.rc" ] || exit "$(cat "$d/$id.rc")"
