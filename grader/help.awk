# Prints `make help` from the Makefile itself: "##@ Group" opens a group, "target: ... ## text"
# is a line of it. The rest of the Makefile is skipped.
BEGIN {
    FS = ":.*## "
    print "ipclab: learn UNIX inter-process communication by building it."
}
/^##@ / { printf "\n%s\n", substr($0, 5) }
/^[a-z][a-z-]*:.*## / { printf "  make %-13s %s\n", $1, $2 }
