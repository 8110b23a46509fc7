// A stand-in for NVIDIA's management library, for tests on machines without a GPU. Each copy of the file is a library
// of its own.
#pragma once

enum { NVML_STAND_IN_MAX_GPUS = 8 };

// Before the library is started: how many GPUs there are (each of 16 GiB), and what nvmlInit_v2 gives.
void nvml_stand_in_configure(unsigned int gpu_count, int init_status);

// Free memory of a GPU from now on; a negative number makes the call fail.
void nvml_stand_in_set_free(unsigned int index, long long bytes);
