// The sources of ParleyTestSupport follow.
