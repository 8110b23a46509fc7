// A stand-in for a GPU build of ONNX Runtime, for tests on machines without a GPU: the functions that concern GPUs are
// its own, everything else is handed on to a real library, so that sessions "on the GPU" compute on the processor. Each
// copy of the file is a library of its own.
#pragma once

typedef enum StandInFault {
    STAND_IN_WORKS = 0,
    // Appending the provider fails as it does without cuDNN.
    STAND_IN_LACKS_CUDNN = 1,
    // Sessions with the provider fail as they do when the driver is too old.
    STAND_IN_DRIVER_TOO_OLD = 2,
    // The option use_tf32 is not known yet.
    STAND_IN_OLD_OPTIONS = 3,
    // Runs on the GPU fail.
    STAND_IN_RUNS_FAIL = 4,
    // A session on the GPU finds no memory.
    STAND_IN_OUT_OF_MEMORY = 5,
} StandInFault;

// Before the library is used: the real library, and what goes wrong.
void onnxruntime_stand_in_configure(const char *real_library, int fault);

// What was asked so far, one line a call.
const char *onnxruntime_stand_in_log(void);
