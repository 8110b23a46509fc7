#include "nvml_stand_in.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "../../../Sources/CNVML/nvml_functions.h"

enum { INVALID_ARGUMENT = 2, UNKNOWN_ERROR = 999 };
static const long long TOTAL_BYTES = 16LL << 30;

struct NVMLDevice {
    unsigned int index;
    atomic_llong free_bytes;
};

static struct NVMLDevice devices[NVML_STAND_IN_MAX_GPUS];
static unsigned int device_count;
static int status_of_init;

void nvml_stand_in_configure(unsigned int gpu_count, int init_status) {
    device_count = gpu_count > NVML_STAND_IN_MAX_GPUS ? NVML_STAND_IN_MAX_GPUS : gpu_count;
    status_of_init = init_status;
    for (unsigned int index = 0; index < device_count; index++) {
        devices[index].index = index;
        devices[index].free_bytes = TOTAL_BYTES;
    }
}

void nvml_stand_in_set_free(unsigned int index, long long bytes) {
    if (index < device_count) devices[index].free_bytes = bytes;
}

int nvmlInit_v2(void) { return status_of_init; }

int nvmlDeviceGetCount_v2(unsigned int *count) {
    *count = device_count;
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, NVMLDevice **device) {
    if (index >= device_count) return INVALID_ARGUMENT;
    *device = &devices[index];
    return 0;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, NVMLDevice **device) {
    unsigned int index;
    if (sscanf(uuid, "GPU-%u", &index) != 1) return INVALID_ARGUMENT;
    return nvmlDeviceGetHandleByIndex_v2(index, device);
}

int nvmlDeviceGetName(NVMLDevice *device, char *name, unsigned int length) {
    snprintf(name, length, "Stand-in GPU %u", device->index);
    return 0;
}

int nvmlDeviceGetMemoryInfo(NVMLDevice *device, NVMLMemory *memory) {
    long long free_bytes = device->free_bytes;
    if (free_bytes < 0) return UNKNOWN_ERROR;
    memory->total = (unsigned long long)TOTAL_BYTES;
    memory->free = (unsigned long long)free_bytes;
    memory->used = memory->total - memory->free;
    return 0;
}
