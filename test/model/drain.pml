/*
 * Lease, drain and end of one session of the pool: two pools, one run at a time that may die anywhere and be followed
 * by another, one item with versions, one backend, one guarded statement and one signal under way, keep-alive.
 * The same protocol as steps.ts, checked by another tool.
 *
 *   spin -a drain.pml && cc -O2 -DSAFETY -o pan pan.c && ./pan -E -m100000
 *
 * Weaknesses, each of which must be found (-D before -a): NOVERSION, EARLY, NOINTENT, TAKEEARLY, UNSEEN, LATESEND,
 * NOWAIT, BACKATONCE.
 */

mtype = { available, leased, draining, ended, out, reading, verified, holds, sent, runs, planned, drained, claimed, submitted, gone, idle, busy };

mtype item = available;
byte holder = 0;           /* of the lease */
bool late[2] = false;      /* the newest lease of each pool is over, its grace included */
mtype pool[2] = out;
bool fresh[3] = false;     /* what each has read is as it is in the table; 2 is the run */
mtype backend = idle;
byte user = 0;             /* whose statement runs */
mtype reaper = out;
bool locked = false, isClaimed = false, statement = false, doomed = false, signalled = false, waited = false;

#define OVER (item == leased && late[holder])
#define DRAINABLE (item == available || item == draining || OVER)
#ifdef NOVERSION
#define FRESH(i) true
#else
#define FRESH(i) fresh[i]
#endif
#ifdef TAKEEARLY
#define MAYTAKE (item == leased)
#else
#define MAYTAKE OVER
#endif
#ifdef UNSEEN
#define SEENIDLE true
#else
#define SEENIDLE (backend == idle)
#endif
#ifdef LATESEND
#define MAYSEND(i) true
#else
#define MAYSEND(i) (!late[i])
#endif
#ifdef NOWAIT
#define WAITED true
#else
#define WAITED waited
#endif

inline write(i, value) { item = value; fresh[0] = false; fresh[1] = false; fresh[2] = false; fresh[i] = true }

proctype Pool(byte i) {
  do
  :: atomic { pool[i] == out && item == available -> fresh[i] = true; pool[i] = reading }
  :: atomic { pool[i] == out && MAYTAKE && SEENIDLE -> fresh[i] = true; pool[i] = verified }
  :: atomic { pool[i] == out && OVER && backend == gone -> write(i, ended) }
  :: atomic { (pool[i] == reading || pool[i] == verified) && FRESH(i) ->
       assert(backend != busy); /* no session used by two holders at once */
       write(i, leased); holder = i; late[i] = false; pool[i] = holds }
  :: atomic { (pool[i] == reading || pool[i] == verified) && !FRESH(i) -> pool[i] = out }
  :: atomic { pool[i] == holds && MAYSEND(i) -> pool[i] = sent }
  :: atomic { pool[i] == holds -> if :: FRESH(i) -> write(i, available) :: else fi; pool[i] = out }
  :: atomic { pool[i] == sent && backend == idle ->
       assert(item == leased && holder == i); /* no session used by two holders at once */
       backend = busy; user = i; pool[i] = runs }
  :: atomic { pool[i] == sent && backend != idle ->
       if :: backend == gone && FRESH(i) && item != ended -> write(i, ended) :: else fi; pool[i] = out }
  :: atomic { pool[i] == runs && backend == busy && user == i -> backend = idle; pool[i] = holds }
  :: atomic { pool[i] == runs && !(backend == busy && user == i) ->
       if :: FRESH(i) && item != ended -> write(i, ended) :: else fi; pool[i] = out }
  :: atomic { pool[i] != out && pool[i] != sent -> pool[i] = out } /* it dies */
  od
}

proctype Reaper() {
  do
  :: atomic { reaper == out && !locked && backend == idle && DRAINABLE -> locked = true; signalled = false; fresh[2] = true; reaper = planned }
  :: atomic { reaper == out && !locked && backend == gone && isClaimed -> isClaimed = false; write(2, ended) }
  :: atomic { reaper == out && !locked && backend == gone && item == draining -> write(2, ended) }
  :: atomic { reaper == out && !locked && backend != gone && isClaimed && WAITED -> isClaimed = false }
  :: atomic { reaper == out && !locked && item == draining && backend == idle && WAITED -> write(2, available) }
#ifdef EARLY
  :: atomic { reaper == planned -> isClaimed = true; statement = true; reaper = submitted }
  :: atomic { reaper == submitted && FRESH(2) && item == available -> write(2, draining) }
#else
  :: atomic { reaper == planned && FRESH(2) && DRAINABLE -> write(2, draining); waited = false; reaper = drained }
  :: atomic { reaper == planned && !(FRESH(2) && DRAINABLE) -> locked = false; reaper = out }
#endif
#ifdef NOINTENT
  :: atomic { reaper == drained -> statement = true; reaper = submitted }
#else
  :: atomic { reaper == drained -> isClaimed = true; reaper = claimed }
#endif
  :: atomic { reaper == claimed -> statement = true; waited = false; reaper = submitted }
  :: atomic { reaper == submitted && !statement ->
       if
       :: backend == gone && item == draining -> write(2, ended)
#ifdef BACKATONCE
       :: backend != gone && item == draining -> write(2, available)
#else
       :: backend != gone && item == draining && !signalled -> write(2, available)
#endif
       :: else
       fi;
       isClaimed = false; locked = false; signalled = false; reaper = out }
  :: atomic { reaper != out -> reaper = out } /* it dies, and leaves the lock */
  od
}

proctype Server() {
  do
  :: atomic { statement && backend == idle ->
       assert(isClaimed);                            /* intent is recorded before an end */
       assert(item == draining || item == ended);    /* no session ended that the pool may hand out */
       statement = false; doomed = true; signalled = true }
  :: atomic { statement && backend != idle -> statement = false; signalled = false }
  :: atomic { doomed ->
       assert(backend != busy);                      /* no session ended that somebody uses */
       doomed = false; backend = gone }
  :: atomic { backend == idle && !doomed -> backend = gone } /* keep-alive */
  :: atomic { backend == busy && pool[user] != runs -> backend = idle }
  :: atomic { !late[0] && pool[0] != sent -> late[0] = true }
  :: atomic { !late[1] && pool[1] != sent -> late[1] = true }
  :: atomic { reaper == out && !statement && !doomed && !waited -> waited = true }
  :: atomic { reaper == out && locked && waited -> locked = false }
  od
}

init { atomic { run Pool(0); run Pool(1); run Reaper(); run Server() } }
