// The part of NVIDIA's management library (NVML) that Parley calls, declared by hand: the library comes with the driver
// and is opened at run time, so that a machine without a GPU needs nothing.
//
// All functions give 0 for success. Handles belong to the library and stay valid until it is shut down. Threads: every
// function may be called from several threads at the same time.
#pragma once

#pragma clang assume_nonnull begin

typedef struct NVMLDevice NVMLDevice;

// Bytes.
typedef struct NVMLMemory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
} NVMLMemory;

// nvmlInit_v2
typedef int (*NVMLInitFunction)(void);
// nvmlDeviceGetCount_v2
typedef int (*NVMLCountFunction)(unsigned int *count);
// nvmlDeviceGetHandleByIndex_v2: in the order of the PCI bus
typedef int (*NVMLHandleByIndexFunction)(unsigned int index, NVMLDevice *_Nullable *_Nonnull device);
// nvmlDeviceGetHandleByUUID
typedef int (*NVMLHandleByUUIDFunction)(const char *uuid, NVMLDevice *_Nullable *_Nonnull device);
// nvmlDeviceGetName: a C string of at most `length` bytes with its end
typedef int (*NVMLNameFunction)(NVMLDevice *device, char *name, unsigned int length);
// nvmlDeviceGetMemoryInfo
typedef int (*NVMLMemoryFunction)(NVMLDevice *device, NVMLMemory *memory);

enum { NVML_SUCCESS_CODE = 0, NVML_NAME_LENGTH = 96 };

#pragma clang assume_nonnull end
