#pragma once
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/logmath.h>

// err_cb_f is variadic, which Swift can't write: this one swallows the library's chatter on stderr.
static inline void cpocketsphinx_silence(void *user, err_lvl_t level, const char *format, ...) {
    (void)user;
    (void)level;
    (void)format;
}
static inline void cpocketsphinx_silence_log(void) {
    err_set_callback(cpocketsphinx_silence, NULL);
    err_set_logfp(NULL);  // the dump of the configuration goes past the callback
}
