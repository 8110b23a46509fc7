// The sources of ParleySpeech follow.
