// Fences round what Swift cannot see safely: `longjmp`, macros and variadic calls.
#include "interrupts.h"
#include "jpeg_encode.h"
#include "picture_decode.h"
#include "rounding.h"
