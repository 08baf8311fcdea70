// The end of what products.inc.h defines for one instruction set.
#undef WV
#undef WI
#undef INLINE
#undef UNROLL
#undef LOAD
#undef STORE
#undef NR
