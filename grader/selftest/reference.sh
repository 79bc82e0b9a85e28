#!/usr/bin/env bash
# Each reference solution at full marks, by the command a person types; of the whole lab only what
# runs plainly, so that a commit need not wait for Valgrind.
set -eu
cd "$(dirname "$0")/../.."
for lab in labs/[0-9][0-9]-*/lab.ini; do
    slug=$(basename "$(dirname "$lab")")
    build/bin/ipclab grade --lab "$slug" --src solutions --color never --test lens:plain
done
