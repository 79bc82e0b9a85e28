# What a user would try of lab 05; run.sh compares what this prints for a mutant and the reference.
# t is in plain_t.sh.
# shellcheck shell=bash
shm=/plain-05-$$
trap 'rm -f "/dev/shm$shm"' EXIT

# tally: alone, then three at once
t tally "$shm" 1 5
rm -f "/dev/shm$shm"
for _ in 1 2 3; do t tally "$shm" 3 1000 & done | sort
wait
rm -f "/dev/shm$shm"
# ring, by its driver: some records through one process
printf 'push 5 1\npush 0 2\npop 9\npop 9\npush 40 3\npop 40\nclose\npop 1\n' | t driver_ring make - 64 0
# rsend and rrecv
{ printf 'one\n\nthree\n' | t rsend "$shm" 64; } && t rrecv "$shm"
rm -f "/dev/shm$shm"
# ledger
t ledger 3 200
# telem: a sample that stays, and one that follows
{ printf '1 2 3 4 5 6 7 8\n'; read -r -t 1 <> <(:) || true; } | t telem "$shm" write &
wait
rm -f "/dev/shm$shm"
# shlist, by its driver
printf 'add one\nadd two\nremove one\nlist\n' | t driver_shlist make "$shm" 4096 0
rm -f "/dev/shm$shm"
# the hunts
t hunt_1 /usr/bin/true 5
t hunt_2 3 100 | sort
