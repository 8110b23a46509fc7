// The sources of ParleyInference follow.
