// Fences round what Swift cannot see safely: `longjmp`, macros and variadic calls.
#include "commit.h"
#include "interrupts.h"
#include "jpeg_encode.h"
#include "libraries.h"
#include "picture_decode.h"
#include "rounding.h"
