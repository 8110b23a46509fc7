#pragma once
#include <libwebsockets.h>

// LWS_PRE is a cast expression that Swift can't import.
static const int cwebsockets_lws_pre = LWS_PRE;
