// The sources of ParleyHTTP follow.
