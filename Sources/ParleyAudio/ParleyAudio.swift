// The sources of ParleyAudio follow.
