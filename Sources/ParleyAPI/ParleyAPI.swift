// The sources of ParleyAPI follow.
