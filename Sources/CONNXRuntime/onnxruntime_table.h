// The part of ONNX Runtime's C interface that Parley calls, declared by hand so that one binary works with any build of
// the library (CPU, CUDA, the system's own), opened at run time by path.
//
// The interface is one table of function pointers. It is append-only: a member keeps its index for ever, so members
// that are not used are plain pointers that hold their place, and the offsets of the used ones are asserted below.
//
// Ownership: what a Create... or Get... function puts into an `out` parameter of a type that has a Release... function
// is owned by the caller; strings handed out through an allocator are freed with AllocatorFree. A status is NULL on
// success and is otherwise owned by the caller. Threads: Run may be called concurrently on one session; run options
// belong to one call, only RunOptionsSetTerminate may come from another thread.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Indices up to PARLEY_ORT_API_VERSION's table are used: version 17 (ONNX Runtime 1.17) has all of them.
enum { PARLEY_ORT_API_VERSION = 17 };

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtThreadingOptions OrtThreadingOptions;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtModelMetadata OrtModelMetadata;
typedef struct OrtIoBinding OrtIoBinding;
typedef struct OrtCUDAProviderOptionsV2 OrtCUDAProviderOptionsV2;
typedef struct OrtTensorRTProviderOptionsV2 OrtTensorRTProviderOptionsV2;

typedef int32_t OrtErrorCode;
enum {
    ORT_FAIL = 1,
    ORT_INVALID_ARGUMENT = 2,
    ORT_NO_SUCHFILE = 3,
    ORT_NO_MODEL = 4,
    ORT_RUNTIME_EXCEPTION = 6,
    ORT_INVALID_PROTOBUF = 7,
    ORT_NOT_IMPLEMENTED = 9,
    ORT_INVALID_GRAPH = 10,
    ORT_EP_FAIL = 11,
};

typedef int32_t OrtLoggingLevel;           // 0 verbose ... 4 fatal
typedef int32_t OrtGraphOptimizationLevel; // 0 off, 1 basic, 2 extended, 99 all
typedef int32_t OrtElementType;            // ONNX TensorProto.DataType
typedef int32_t OrtValueKind;              // ONNXType
enum { ORT_VALUE_TENSOR = 1 };

typedef int32_t OrtAllocatorType;
enum { ORT_DEVICE_ALLOCATOR = 0 };
typedef int32_t OrtMemType;
enum { ORT_MEM_DEFAULT = 0 };

typedef struct OrtApi {
    void *unused_0[1];
    OrtErrorCode (*GetErrorCode)(const OrtStatus *status);
    const char *_Nullable (*GetErrorMessage)(const OrtStatus *status);
    void *unused_3[4];
    OrtStatus *_Nullable (*CreateSession)(const OrtEnv *env, const char *model_path, const OrtSessionOptions *options,
                               OrtSession *_Nullable *_Nonnull out);
    // The bytes are copied.
    OrtStatus *_Nullable (*CreateSessionFromArray)(const OrtEnv *env, const void *model, size_t byte_count,
                                        const OrtSessionOptions *options, OrtSession *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*Run)(OrtSession *session, const OrtRunOptions *_Nullable run_options,
                     const char *_Nullable const *_Nonnull input_names,
                     const OrtValue *_Nullable const *_Nonnull inputs, size_t input_count,
                     const char *_Nullable const *_Nonnull output_names, size_t output_count,
                     OrtValue *_Nullable *_Nonnull outputs);
    OrtStatus *_Nullable (*CreateSessionOptions)(OrtSessionOptions *_Nullable *_Nonnull out);
    void *unused_11[6];
    OrtStatus *_Nullable (*DisableMemPattern)(OrtSessionOptions *options);
    void *unused_18[1];
    OrtStatus *_Nullable (*DisableCpuMemArena)(OrtSessionOptions *options);
    void *unused_20[3];
    OrtStatus *_Nullable (*SetSessionGraphOptimizationLevel)(OrtSessionOptions *options, OrtGraphOptimizationLevel level);
    void *unused_24[6];
    OrtStatus *_Nullable (*SessionGetInputCount)(const OrtSession *session, size_t *out);
    OrtStatus *_Nullable (*SessionGetOutputCount)(const OrtSession *session, size_t *out);
    void *unused_32[1];
    OrtStatus *_Nullable (*SessionGetInputTypeInfo)(const OrtSession *session, size_t index,
                                         OrtTypeInfo *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*SessionGetOutputTypeInfo)(const OrtSession *session, size_t index,
                                          OrtTypeInfo *_Nullable *_Nonnull out);
    void *unused_35[1];
    OrtStatus *_Nullable (*SessionGetInputName)(const OrtSession *session, size_t index, OrtAllocator *allocator,
                                     char *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*SessionGetOutputName)(const OrtSession *session, size_t index, OrtAllocator *allocator,
                                      char *_Nullable *_Nonnull out);
    void *unused_38[1];
    OrtStatus *_Nullable (*CreateRunOptions)(OrtRunOptions *_Nullable *_Nonnull out);
    void *unused_40[6];
    OrtStatus *_Nullable (*RunOptionsSetTerminate)(OrtRunOptions *options);
    void *unused_47[2];
    // The value borrows `data`, which has to outlive it.
    OrtStatus *_Nullable (*CreateTensorWithDataAsOrtValue)(const OrtMemoryInfo *info, void *data, size_t byte_count,
                                                const int64_t *shape, size_t rank, OrtElementType type,
                                                OrtValue *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*IsTensor)(const OrtValue *value, int *out);
    // Borrowed from the value.
    OrtStatus *_Nullable (*GetTensorMutableData)(OrtValue *value, void *_Nullable *_Nonnull out);
    void *unused_52[3];
    // Borrowed from the type info; NULL when it does not describe a tensor.
    OrtStatus *_Nullable (*CastTypeInfoToTensorInfo)(const OrtTypeInfo *type_info,
                                          const OrtTensorTypeAndShapeInfo *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*GetOnnxTypeFromTypeInfo)(const OrtTypeInfo *type_info, OrtValueKind *out);
    void *unused_57[3];
    OrtStatus *_Nullable (*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *info, OrtElementType *out);
    OrtStatus *_Nullable (*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *info, size_t *out);
    OrtStatus *_Nullable (*GetDimensions)(const OrtTensorTypeAndShapeInfo *info, int64_t *out, size_t count);
    void *unused_63[2];
    OrtStatus *_Nullable (*GetTensorTypeAndShape)(const OrtValue *value, OrtTensorTypeAndShapeInfo *_Nullable *_Nonnull out);
    void *unused_66[2];
    OrtStatus *_Nullable (*CreateMemoryInfo)(const char *name, OrtAllocatorType allocator, int device, OrtMemType type,
                                  OrtMemoryInfo *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*CreateCpuMemoryInfo)(OrtAllocatorType allocator, OrtMemType type,
                                     OrtMemoryInfo *_Nullable *_Nonnull out);
    void *unused_70[6];
    OrtStatus *_Nullable (*AllocatorFree)(OrtAllocator *allocator, void *_Nullable pointer);
    void *unused_77[1];
    // Borrowed: the default allocator lives as long as the library.
    OrtStatus *_Nullable (*GetAllocatorWithDefaultOptions)(OrtAllocator *_Nullable *_Nonnull out);
    void *unused_79[14];
    void (*ReleaseStatus)(OrtStatus *_Nullable status);
    void (*ReleaseMemoryInfo)(OrtMemoryInfo *_Nullable info);
    void (*ReleaseSession)(OrtSession *_Nullable session);
    void (*ReleaseValue)(OrtValue *_Nullable value);
    void (*ReleaseRunOptions)(OrtRunOptions *_Nullable options);
    void (*ReleaseTypeInfo)(OrtTypeInfo *_Nullable info);
    void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *_Nullable info);
    void (*ReleaseSessionOptions)(OrtSessionOptions *_Nullable options);
    void *unused_101[10];
    OrtStatus *_Nullable (*SessionGetModelMetadata)(const OrtSession *session, OrtModelMetadata *_Nullable *_Nonnull out);
    void *unused_112[4];
    OrtStatus *_Nullable (*ModelMetadataLookupCustomMetadataMap)(const OrtModelMetadata *metadata, OrtAllocator *allocator,
                                                      const char *key, char *_Nullable *_Nonnull out);
    void *unused_117[1];
    void (*ReleaseModelMetadata)(OrtModelMetadata *_Nullable metadata);
    OrtStatus *_Nullable (*CreateEnvWithGlobalThreadPools)(OrtLoggingLevel level, const char *log_id,
                                                const OrtThreadingOptions *options,
                                                OrtEnv *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*DisablePerSessionThreads)(OrtSessionOptions *options);
    OrtStatus *_Nullable (*CreateThreadingOptions)(OrtThreadingOptions *_Nullable *_Nonnull out);
    void (*ReleaseThreadingOptions)(OrtThreadingOptions *_Nullable options);
    // The array and each of its strings belong to the allocator.
    OrtStatus *_Nullable (*ModelMetadataGetCustomMetadataMapKeys)(const OrtModelMetadata *metadata, OrtAllocator *allocator,
                                                       char *_Nullable *_Nullable *_Nonnull out, int64_t *count);
    void *unused_124[1];
    OrtStatus *_Nullable (*GetAvailableProviders)(char *_Nullable *_Nullable *_Nonnull out, int *count);
    OrtStatus *_Nullable (*ReleaseAvailableProviders)(char *_Nullable *_Nonnull providers, int count);
    void *unused_127[6];
    OrtStatus *_Nullable (*RunWithBinding)(OrtSession *session, const OrtRunOptions *_Nullable run_options,
                                const OrtIoBinding *binding);
    OrtStatus *_Nullable (*CreateIoBinding)(OrtSession *session, OrtIoBinding *_Nullable *_Nonnull out);
    void (*ReleaseIoBinding)(OrtIoBinding *_Nullable binding);
    // Copies to the session's device where the value is elsewhere; otherwise shares the value's memory.
    OrtStatus *_Nullable (*BindInput)(OrtIoBinding *binding, const char *name, const OrtValue *value);
    void *unused_137[1];
    OrtStatus *_Nullable (*BindOutputToDevice)(OrtIoBinding *binding, const char *name, const OrtMemoryInfo *memory);
    void *unused_139[1];
    // In the order in which they were bound; the array belongs to the allocator, the values to the caller.
    OrtStatus *_Nullable (*GetBoundOutputValues)(const OrtIoBinding *binding, OrtAllocator *allocator,
                                      OrtValue *_Nullable *_Nullable *_Nonnull out, size_t *count);
    void *unused_141[6];
    OrtStatus *_Nullable (*SetGlobalIntraOpNumThreads)(OrtThreadingOptions *options, int count);
    OrtStatus *_Nullable (*SetGlobalInterOpNumThreads)(OrtThreadingOptions *options, int count);
    OrtStatus *_Nullable (*SetGlobalSpinControl)(OrtThreadingOptions *options, int allow_spinning);
    void *unused_150[20];
    // Copies the options.
    OrtStatus *_Nullable (*SessionOptionsAppendExecutionProvider_TensorRT_V2)(OrtSessionOptions *options,
                                                                  const OrtTensorRTProviderOptionsV2 *tensorrt);
    OrtStatus *_Nullable (*CreateTensorRTProviderOptions)(OrtTensorRTProviderOptionsV2 *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*UpdateTensorRTProviderOptions)(OrtTensorRTProviderOptionsV2 *options,
                                               const char *_Nullable const *_Nonnull keys,
                                               const char *_Nullable const *_Nonnull values, size_t count);
    void *unused_173[1];
    void (*ReleaseTensorRTProviderOptions)(OrtTensorRTProviderOptionsV2 *_Nullable options);
    void *unused_175[27];
    OrtStatus *_Nullable (*SynchronizeBoundInputs)(OrtIoBinding *binding);
    OrtStatus *_Nullable (*SynchronizeBoundOutputs)(OrtIoBinding *binding);
    // Copies the options.
    OrtStatus *_Nullable (*SessionOptionsAppendExecutionProvider_CUDA_V2)(OrtSessionOptions *options,
                                                               const OrtCUDAProviderOptionsV2 *cuda);
    OrtStatus *_Nullable (*CreateCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *_Nullable *_Nonnull out);
    OrtStatus *_Nullable (*UpdateCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *options,
                                           const char *_Nullable const *_Nonnull keys,
                                           const char *_Nullable const *_Nonnull values, size_t count);
    void *unused_207[1];
    void (*ReleaseCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *_Nullable options);
    // Longer in the library; nothing after this index is read.
} OrtApi;

typedef struct OrtApiBase {
    // NULL when the library is older than the asked version.
    const OrtApi *_Nullable (*GetApi)(uint32_t version);
    const char *_Nullable (*GetVersionString)(void);
} OrtApiBase;

// The type of the library's one entry point, the exported function OrtGetApiBase.
typedef const OrtApiBase *_Nullable (*OrtGetApiBaseFunction)(void);

#pragma clang assume_nonnull end

#define PARLEY_ORT_MEMBER(member, index) \
    _Static_assert(offsetof(OrtApi, member) == (index) * sizeof(void *), #member " is not at its index")
PARLEY_ORT_MEMBER(GetErrorCode, 1);
PARLEY_ORT_MEMBER(GetErrorMessage, 2);
PARLEY_ORT_MEMBER(CreateSession, 7);
PARLEY_ORT_MEMBER(CreateSessionFromArray, 8);
PARLEY_ORT_MEMBER(Run, 9);
PARLEY_ORT_MEMBER(CreateSessionOptions, 10);
PARLEY_ORT_MEMBER(DisableMemPattern, 17);
PARLEY_ORT_MEMBER(DisableCpuMemArena, 19);
PARLEY_ORT_MEMBER(SetSessionGraphOptimizationLevel, 23);
PARLEY_ORT_MEMBER(SessionGetInputCount, 30);
PARLEY_ORT_MEMBER(SessionGetOutputCount, 31);
PARLEY_ORT_MEMBER(SessionGetInputTypeInfo, 33);
PARLEY_ORT_MEMBER(SessionGetOutputTypeInfo, 34);
PARLEY_ORT_MEMBER(SessionGetInputName, 36);
PARLEY_ORT_MEMBER(SessionGetOutputName, 37);
PARLEY_ORT_MEMBER(CreateRunOptions, 39);
PARLEY_ORT_MEMBER(RunOptionsSetTerminate, 46);
PARLEY_ORT_MEMBER(CreateTensorWithDataAsOrtValue, 49);
PARLEY_ORT_MEMBER(IsTensor, 50);
PARLEY_ORT_MEMBER(GetTensorMutableData, 51);
PARLEY_ORT_MEMBER(CastTypeInfoToTensorInfo, 55);
PARLEY_ORT_MEMBER(GetOnnxTypeFromTypeInfo, 56);
PARLEY_ORT_MEMBER(GetTensorElementType, 60);
PARLEY_ORT_MEMBER(GetDimensionsCount, 61);
PARLEY_ORT_MEMBER(GetDimensions, 62);
PARLEY_ORT_MEMBER(GetTensorTypeAndShape, 65);
PARLEY_ORT_MEMBER(CreateMemoryInfo, 68);
PARLEY_ORT_MEMBER(CreateCpuMemoryInfo, 69);
PARLEY_ORT_MEMBER(AllocatorFree, 76);
PARLEY_ORT_MEMBER(GetAllocatorWithDefaultOptions, 78);
PARLEY_ORT_MEMBER(ReleaseStatus, 93);
PARLEY_ORT_MEMBER(ReleaseMemoryInfo, 94);
PARLEY_ORT_MEMBER(ReleaseSession, 95);
PARLEY_ORT_MEMBER(ReleaseValue, 96);
PARLEY_ORT_MEMBER(ReleaseRunOptions, 97);
PARLEY_ORT_MEMBER(ReleaseTypeInfo, 98);
PARLEY_ORT_MEMBER(ReleaseTensorTypeAndShapeInfo, 99);
PARLEY_ORT_MEMBER(ReleaseSessionOptions, 100);
PARLEY_ORT_MEMBER(SessionGetModelMetadata, 111);
PARLEY_ORT_MEMBER(ModelMetadataLookupCustomMetadataMap, 116);
PARLEY_ORT_MEMBER(ReleaseModelMetadata, 118);
PARLEY_ORT_MEMBER(CreateEnvWithGlobalThreadPools, 119);
PARLEY_ORT_MEMBER(DisablePerSessionThreads, 120);
PARLEY_ORT_MEMBER(CreateThreadingOptions, 121);
PARLEY_ORT_MEMBER(ReleaseThreadingOptions, 122);
PARLEY_ORT_MEMBER(ModelMetadataGetCustomMetadataMapKeys, 123);
PARLEY_ORT_MEMBER(GetAvailableProviders, 125);
PARLEY_ORT_MEMBER(ReleaseAvailableProviders, 126);
PARLEY_ORT_MEMBER(RunWithBinding, 133);
PARLEY_ORT_MEMBER(CreateIoBinding, 134);
PARLEY_ORT_MEMBER(ReleaseIoBinding, 135);
PARLEY_ORT_MEMBER(BindInput, 136);
PARLEY_ORT_MEMBER(BindOutputToDevice, 138);
PARLEY_ORT_MEMBER(GetBoundOutputValues, 140);
PARLEY_ORT_MEMBER(SetGlobalIntraOpNumThreads, 147);
PARLEY_ORT_MEMBER(SetGlobalInterOpNumThreads, 148);
PARLEY_ORT_MEMBER(SetGlobalSpinControl, 149);
PARLEY_ORT_MEMBER(SessionOptionsAppendExecutionProvider_TensorRT_V2, 170);
PARLEY_ORT_MEMBER(CreateTensorRTProviderOptions, 171);
PARLEY_ORT_MEMBER(UpdateTensorRTProviderOptions, 172);
PARLEY_ORT_MEMBER(ReleaseTensorRTProviderOptions, 174);
PARLEY_ORT_MEMBER(SynchronizeBoundInputs, 202);
PARLEY_ORT_MEMBER(SynchronizeBoundOutputs, 203);
PARLEY_ORT_MEMBER(SessionOptionsAppendExecutionProvider_CUDA_V2, 204);
PARLEY_ORT_MEMBER(CreateCUDAProviderOptions, 205);
PARLEY_ORT_MEMBER(UpdateCUDAProviderOptions, 206);
PARLEY_ORT_MEMBER(ReleaseCUDAProviderOptions, 208);
