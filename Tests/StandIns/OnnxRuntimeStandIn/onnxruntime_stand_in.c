#include "onnxruntime_stand_in.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wnullability-completeness"
#pragma clang diagnostic ignored "-Wnullability-inferred-on-nested-type"
#include "../../../Sources/CONNXRuntime/onnxruntime_table.h"

// Index 0 of the table, which Parley does not call itself.
typedef OrtStatus *(*CreateStatusFunction)(OrtErrorCode code, const char *message);

enum { MAX_GPU_OBJECTS = 1024 };

static const OrtApi *real;
static OrtApi table;
static OrtApiBase base;
static OrtApiBase real_base;
static int fault;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char written[1 << 16];
static size_t written_length;
// Session options, then sessions, with a provider for GPUs.
static const void *on_gpu[MAX_GPU_OBJECTS];

static void note(const char *format, ...) {
    pthread_mutex_lock(&lock);
    va_list arguments;
    va_start(arguments, format);
    size_t left = sizeof written - written_length;
    int length = vsnprintf(written + written_length, left, format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < left) written_length += (size_t)length;
    pthread_mutex_unlock(&lock);
}

static void remember(const void *object) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_GPU_OBJECTS; i++) {
        if (on_gpu[i]) continue;
        on_gpu[i] = object;
        break;
    }
    pthread_mutex_unlock(&lock);
}

static int is_on_gpu(const void *object, int forget) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_GPU_OBJECTS; i++) {
        if (on_gpu[i] != object) continue;
        found = 1;
        if (forget) on_gpu[i] = NULL;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static OrtStatus *failure(OrtErrorCode code, const char *message) {
    CreateStatusFunction create = (CreateStatusFunction)(void *)real->unused_0[0];
    return create(code, message);
}

static OrtStatus *providers(char ***out, int *count) {
    static const char *const names[] = {
        "TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"};
    *count = 3;
    *out = calloc(3, sizeof(char *));
    for (int i = 0; i < 3; i++) (*out)[i] = strdup(names[i]);
    return NULL;
}

static OrtStatus *release_providers(char **names, int count) {
    for (int i = 0; i < count; i++) free(names[i]);
    free(names);
    return NULL;
}

static OrtStatus *make_options(void **out) {
    *out = malloc(1);
    return NULL;
}

static OrtStatus *create_cuda(OrtCUDAProviderOptionsV2 **out) { return make_options((void **)out); }
static OrtStatus *create_tensorrt(OrtTensorRTProviderOptionsV2 **out) { return make_options((void **)out); }
static void release_cuda(OrtCUDAProviderOptionsV2 *options) { free(options); }
static void release_tensorrt(OrtTensorRTProviderOptionsV2 *options) { free(options); }

static OrtStatus *update(const char *name, const char *const *keys, const char *const *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fault == STAND_IN_OLD_OPTIONS && strcmp(keys[i], "use_tf32") == 0) {
            return failure(ORT_INVALID_ARGUMENT, "Unknown provider option: \"use_tf32\".");
        }
    }
    for (size_t i = 0; i < count; i++) note("%s %s=%s\n", name, keys[i], values[i]);
    return NULL;
}

static OrtStatus *update_cuda(
    OrtCUDAProviderOptionsV2 *options, const char *const *keys, const char *const *values, size_t count) {
    (void)options;
    return update("cuda", keys, values, count);
}

static OrtStatus *update_tensorrt(
    OrtTensorRTProviderOptionsV2 *options, const char *const *keys, const char *const *values, size_t count) {
    (void)options;
    return update("tensorrt", keys, values, count);
}

static OrtStatus *append(const char *name, const OrtSessionOptions *settings) {
    note("append %s\n", name);
    if (fault == STAND_IN_LACKS_CUDNN) {
        return failure(
            ORT_FAIL, "Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open "
                      "shared object file: No such file or directory");
    }
    remember(settings);
    return NULL;
}

static OrtStatus *append_cuda(OrtSessionOptions *settings, const OrtCUDAProviderOptionsV2 *options) {
    (void)options;
    return append("cuda", settings);
}

static OrtStatus *append_tensorrt(OrtSessionOptions *settings, const OrtTensorRTProviderOptionsV2 *options) {
    (void)options;
    return append("tensorrt", settings);
}

static void release_settings(OrtSessionOptions *settings) {
    is_on_gpu(settings, 1);
    real->ReleaseSessionOptions(settings);
}

static OrtStatus *check_session(const OrtSessionOptions *settings) {
    if (!is_on_gpu(settings, 0)) return NULL;
    if (fault == STAND_IN_DRIVER_TOO_OLD) {
        return failure(
            ORT_FAIL, "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0");
    }
    if (fault == STAND_IN_OUT_OF_MEMORY) {
        return failure(ORT_RUNTIME_EXCEPTION, "bfc_arena.cc Failed to allocate memory for requested buffer of size 1");
    }
    return NULL;
}

static OrtStatus *create_session(
    const OrtEnv *env, const char *path, const OrtSessionOptions *settings, OrtSession **out) {
    OrtStatus *status = check_session(settings);
    if (!status) status = real->CreateSession(env, path, settings, out);
    if (!status && is_on_gpu(settings, 0)) remember(*out);
    return status;
}

static OrtStatus *create_session_from_array(
    const OrtEnv *env, const void *model, size_t size, const OrtSessionOptions *settings, OrtSession **out) {
    OrtStatus *status = check_session(settings);
    if (!status) status = real->CreateSessionFromArray(env, model, size, settings, out);
    if (!status && is_on_gpu(settings, 0)) remember(*out);
    return status;
}

static void release_session(OrtSession *session) {
    is_on_gpu(session, 1);
    real->ReleaseSession(session);
}

static OrtStatus *run_with_binding(OrtSession *session, const OrtRunOptions *options, const OrtIoBinding *binding) {
    note("bound run on %s\n", is_on_gpu(session, 0) ? "gpu" : "cpu");
    if (fault == STAND_IN_RUNS_FAIL) return failure(ORT_FAIL, "CUDA failure 209: no kernel image is available");
    return real->RunWithBinding(session, options, binding);
}

// A GPU's memory is ordinary memory here.
static OrtStatus *create_memory_info(
    const char *name, OrtAllocatorType allocator, int device, OrtMemType type, OrtMemoryInfo **out) {
    note("memory %s:%d\n", name, device);
    return real->CreateCpuMemoryInfo(allocator, type, out);
}

static const OrtApi *get_api(uint32_t version) {
    real = real_base.GetApi(version);
    if (!real) return NULL;
    memcpy(&table, real, sizeof table);
    table.GetAvailableProviders = providers;
    table.ReleaseAvailableProviders = release_providers;
    table.CreateCUDAProviderOptions = create_cuda;
    table.UpdateCUDAProviderOptions = update_cuda;
    table.ReleaseCUDAProviderOptions = release_cuda;
    table.SessionOptionsAppendExecutionProvider_CUDA_V2 = append_cuda;
    table.CreateTensorRTProviderOptions = create_tensorrt;
    table.UpdateTensorRTProviderOptions = update_tensorrt;
    table.ReleaseTensorRTProviderOptions = release_tensorrt;
    table.SessionOptionsAppendExecutionProvider_TensorRT_V2 = append_tensorrt;
    table.ReleaseSessionOptions = release_settings;
    table.CreateSession = create_session;
    table.CreateSessionFromArray = create_session_from_array;
    table.ReleaseSession = release_session;
    table.RunWithBinding = run_with_binding;
    table.CreateMemoryInfo = create_memory_info;
    return &table;
}

void onnxruntime_stand_in_configure(const char *real_library, int new_fault) {
    fault = new_fault;
    void *library = dlopen(real_library, RTLD_NOW | RTLD_LOCAL);
    OrtGetApiBaseFunction entry = library ? (OrtGetApiBaseFunction)dlsym(library, "OrtGetApiBase") : NULL;
    if (!entry) return;
    real_base = *entry();
    base.GetApi = get_api;
    base.GetVersionString = real_base.GetVersionString;
}

const char *onnxruntime_stand_in_log(void) { return written; }

const OrtApiBase *OrtGetApiBase(void) { return base.GetApi ? &base : NULL; }
