# The distinct errors in logs of Helgrind and DRD, a line each: what was said, and where. Read by
# tools.sh. Two are one error when their words, numbers and addresses aside, and the four innermost
# frames are the same: so Valgrind itself counts, but each process for itself.
#
# Helgrind writes a rule of dashes above each error; one of DRD's is a paragraph that has a stack, and
# its words are the line above it. What comes with a signal that ends the program is no error.
function put() {
    if (head != "" && frames > 0 && !seen[head where]++) print head where
    head = where = ""
    frames = closed = 0
}

FNR == 1 { put(); helgrind = 0; above = "" }
/^==[0-9]+== Helgrind, / { helgrind = 1 }
!/^==[0-9]+== / { next }
{ sub(/^==[0-9]+== /, "") }

/^-+$/ { put(); ruled = 1; next }
/^ *$/ { if (helgrind) closed = frames > 0; else put(); above = ""; next }

/^   (at|by) 0x/ {
    if (!helgrind && frames == 0 && /^   at/ && above !~ /^Process terminating/) head = above
    if (head == "" || closed || frames == 4) next
    if (/^   at/ && frames > 0) { closed = 1; next }
    sub(/^   (at|by) 0x[0-9A-F]+: /, "")
    where = where " | " $0
    frames++
    next
}

{
    gsub(/0x[0-9a-fA-F]+/, "ADDRESS")
    gsub(/[0-9]+/, "N")
    above = $0
    if (helgrind && ruled) { head = above; ruled = 0 }
    else if (frames > 0) closed = 1
}

END { put() }
