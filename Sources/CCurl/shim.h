#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift can't call: one function for each kind of value.

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_headers(CURL *handle, struct curl_slist *list) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
}

static inline CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer) {
    return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

// All three functions get the same context.
static inline CURLcode ccurl_set_functions(
    CURL *handle, void *context, curl_write_callback body, curl_write_callback header, curl_xferinfo_callback progress) {
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
}

static inline CURLcode ccurl_get_status(CURL *handle, long *status) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}

// The absolute address that a redirect leads to; null without one. Owned by the handle.
static inline CURLcode ccurl_get_redirect(CURL *handle, char **address) {
    return curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, address);
}
