#!/usr/bin/env bash
# Pictures of the built decks, to be looked at, and a list of slides that do not fit. Needs Chromium.
#
#   slides/look.sh [DECK ..]        DECK: 01-pipes; without: all in build/slides
#
# Leaves build/slides/look/DECK.png, all slides of a deck on one sheet. Exit 1 when one does not fit.
set -euo pipefail
cd "$(dirname "$0")/.."
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    { echo 'slides: no Chromium; type: sudo apt-get install chromium' >&2; exit 1; }
out=build/slides/look
mkdir -p "$out"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for f in build/slides/[0-9][0-9]-*.html; do names+=("$(basename "$f" .html)"); done
fi

# browse OPTION ..: in a profile of its own, without a word to the network
browse() {
    rm -rf "${profile:?}"/*
    timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$profile" --hide-scrollbars "$@" 2>/dev/null
}

bad=0
for name in "${names[@]}"; do
    page=$PWD/build/slides/$name.html
    found=$(browse --dump-dom "file://$page#check" | sed -n 's/.*<pre id="found">//; /slides, /,/<\/pre>/p' |
        sed 's/<\/pre>.*//')
    printf '%s: %s\n' "$name" "$found"
    case $found in *', 0 do not fit'*) ;; *) bad=1 ;; esac
    slides=$(grep -c '<section .*class="level2' "$page")
    rows=$(((slides + 2) / 3))
    browse --window-size="1960,$((rows * 370 + 20))" \
        --screenshot="$out/$name.png" "file://$page#overview" >/dev/null
done
exit $bad
