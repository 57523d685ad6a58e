"""Each print is one write, at once: what a terminated process had printed is there, and lines of several processes do not mix."""
import builtins
import functools

builtins.print = functools.partial(print, flush=True)
