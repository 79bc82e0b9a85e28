#!/usr/bin/env bash
# Builds the decks: one offline HTML file each in build/slides, and where Chromium is present a PDF
# of the slides and one with the notes.
#
#   slides/build.sh [--no-pdf] [--out DIR] [DECK.md ..]      without DECK: all of slides/
#
# The plots and tables of the shoot-out that decks show are made here, from the figures recorded in
# slides/shootout/recorded (make shootout measures yours).
# Exit: 0 built, 1 a deck is wrong or a tool is missing (one line says what), 2 usage.
set -euo pipefail
cd "$(dirname "$0")/.."

out=build/slides pdf=yes
decks=()
while [ $# -gt 0 ]; do
    case $1 in
    --no-pdf) pdf=no ;;
    --out)
        [ $# -ge 2 ] || { echo 'usage: slides/build.sh [--no-pdf] [--out DIR] [DECK.md ..]' >&2; exit 2; }
        out=$2
        shift
        ;;
    -*)
        echo 'usage: slides/build.sh [--no-pdf] [--out DIR] [DECK.md ..]' >&2
        exit 2
        ;;
    *) decks+=("$1") ;;
    esac
    shift
done
[ ${#decks[@]} -gt 0 ] || decks=(slides/[0-9][0-9]-*.md)

sh grader/setup.sh slides
made=$out/made
mkdir -p "$made"
export DECK_MADE=$made

# What the decks show of the shoot-out.
bash slides/shootout/build.sh
for place in two one; do
    csv=slides/shootout/recorded/$place.csv
    build/shootout/shootout --show "$csv" >"$made/table-$place.txt"
    mkdir -p "$made/$place"
    build/shootout/shootout --plot "$csv" --out "$made/$place"
done

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || chromium=
# print FROM TO: a PDF, with a profile of its own that is thrown away
print() {
    local profile status=0
    profile=$(mktemp -d)
    timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$profile" --no-pdf-header-footer --print-to-pdf="$2" \
        "file://$PWD/$1" >"$profile.log" 2>&1 || status=$?
    rm -rf "$profile"
    if [ $status -ne 0 ] || [ ! -s "$2" ]; then
        echo "slides: $chromium made no PDF of $1: $(tail -n 1 "$profile.log")" >&2
        rm -f "$profile.log"
        return 1
    fi
    rm -f "$profile.log"
}

for deck in "${decks[@]}"; do
    if [ ! -f "$deck" ]; then
        echo "slides: no deck $deck" >&2
        exit 1
    fi
    name=$(basename "$deck" .md)
    # --self-contained puts style, script and pictures into the one file.
    pandoc "$deck" --from markdown --to html5 --standalone --self-contained --section-divs \
        --template slides/theme/deck.html --css slides/theme/deck.css --highlight-style kate \
        --lua-filter slides/theme/deck.lua --resource-path "slides/theme:$made:slides" \
        --output "$out/$name.html.new"
    mv "$out/$name.html.new" "$out/$name.html"
    printf '  DECK  %s\n' "$out/$name.html"
    if [ -n "$chromium" ] && [ $pdf = yes ]; then
        print "$out/$name.html" "$out/$name.pdf"
        print "$out/$name.html#notes" "$out/$name-notes.pdf"
        printf '  PDF   %s and %s\n' "$out/$name.pdf" "$name-notes.pdf"
    fi
done
