#!/bin/sh
# Ends PostgreSQL when the process that started it is gone, however it went (kill -9 included).
#
#   end-postgres-with-parent.sh <pid of the postmaster> <data directory> [<directory to remove afterwards>]
#
# Standard input is a pipe whose other end only the parent holds: it closes when the parent dies. A parent that has ended
# PostgreSQL by itself says "done" first.
postmaster=$1
data=$2
temporary=$3

read -r word
[ "$word" = "done" ] && exit 0

# The pid file goes when the server does, so a pid that now belongs to another program is never signalled.
is_ours() { [ -f "$data/postmaster.pid" ] && [ "$(head -n 1 "$data/postmaster.pid")" = "$postmaster" ]; }

# fast shutdown, then immediate, then by force: about five seconds each
for signal in INT QUIT KILL; do
  is_ours && kill -s "$signal" "$postmaster" 2>/dev/null
  attempts=0
  while is_ours && kill -0 "$postmaster" 2>/dev/null && [ "$attempts" -lt 50 ]; do
    sleep 0.1 2>/dev/null || sleep 1
    attempts=$((attempts + 1))
  done
done

[ -n "$temporary" ] && rm -rf "$temporary"
exit 0
