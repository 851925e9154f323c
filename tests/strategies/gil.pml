/*
 * gil.pml - the protocol of harness/strategies/gil_lock.c, for spin: every
 * interleaving of a few threads that take the lock, give it up when asked, drop
 * it around operations and leave.  One line of C is one line here, by the same
 * names, and between any two another thread may run.
 *
 * A condition variable is the set of those who wait; a signal wakes any one of
 * them, which must compete for the mutex again.  A time-out may come whenever
 * somebody waits with a limit; without TIMEOUTS it never comes, so that a lost
 * wake-up cannot be mended by one.  MUTANT 1 .. 4 each leave out one thing.
 */
#ifndef THREADS
#define THREADS 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef MUTANT
#define MUTANT 0
#endif
#define NOBODY 255

bool held = false;
byte last_holder = NOBODY;
byte switches = 0;		/* modulo 8: fewer can pass while one waits */
bool drop_request = false;

bool mutex = false, switch_mutex = false;
bool on_freed[THREADS], on_switched[THREADS];	/* asleep */

byte inside = 0;		/* how many believe that they hold it */

inline lock(m)
{
	atomic { !m -> m = true }
}

inline unlock(m)
{
	m = false
}

/* Wake any one of those who sleep, if there is one. */
#define SIGNAL(who) atomic {						\
		if							\
		:: who[0] -> who[0] = false				\
		:: who[1] -> who[1] = false				\
		:: who[THREADS - 1] -> who[THREADS - 1] = false		\
		:: else							\
		fi							\
	}

inline take(me)
{
	lock(mutex);
	do
	:: !held || MUTANT == 1 -> break
	:: held && MUTANT != 1 ->
		saved = switches;
		atomic { unlock(mutex); on_freed[me] = true }
		if
		:: !on_freed[me]
#ifdef TIMEOUTS
		:: atomic { on_freed[me] -> on_freed[me] = false; timed_out = true }
#endif
		fi;
		lock(mutex);
		if
		:: timed_out && held && switches == saved -> drop_request = true
		:: else
		fi;
		saved = 0;	/* no more states than there must be */
		timed_out = false
	od;
	before = last_holder;
	lock(switch_mutex);
	held = true;
	if
	:: last_holder != me ->
		last_holder = me;
		switches = (switches + 1) % 8
	:: else
	fi;
	if
	:: MUTANT != 2 -> SIGNAL(on_switched)
	:: else
	fi;
	unlock(switch_mutex);
	drop_request = false;
	unlock(mutex);
	inside++;
	assert(inside == 1)
}

inline drop(me, last)
{
	inside--;
	lock(mutex);
	held = false;
	if
	:: MUTANT != 3 -> SIGNAL(on_freed)
	:: else
	fi;
	unlock(mutex);
	if
	:: drop_request && !last ->
		lock(switch_mutex);
		if
		:: last_holder == me ->
			drop_request = false;
			do
			:: last_holder == me && MUTANT != 4 ->
				atomic { unlock(switch_mutex); on_switched[me] = true }
				!on_switched[me];
				lock(switch_mutex)
			:: else -> break
			od
		:: else
		fi;
		unlock(switch_mutex);
		forced = true
	:: else
	fi
}

active [THREADS] proctype thread()
{
	bool timed_out = false, forced = false;
	byte saved = 0, round = 0;
	byte before;		/* who held it before us */

	take(_pid);
	before = 0;
	do
	:: round == ROUNDS -> break
	:: round < ROUNDS ->
		if
		:: drop_request ->		/* a poll that finds the request */
			drop(_pid, false);
			take(_pid);
			assert(!forced || before != _pid);
			forced = false
		:: drop(_pid, false);		/* an operation */
			take(_pid);
			forced = false
		:: skip				/* a poll that does not */
		fi;
		round++
	od;
	drop(_pid, true)
}
