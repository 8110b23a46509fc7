// FFmpeg's macros and the calls whose pointer types changed between its versions, in a form that Swift can call.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>

// Function-like macros are invisible to Swift.
static inline int cffmpeg_error_eof(void) { return AVERROR_EOF; }
static inline int cffmpeg_error_again(void) { return AVERROR(EAGAIN); }
static inline int cffmpeg_error_no_memory(void) { return AVERROR(ENOMEM); }
static inline int cffmpeg_error_not_permitted(void) { return AVERROR(EPERM); }
static inline int cffmpeg_error_io(void) { return AVERROR(EIO); }
static inline int64_t cffmpeg_no_timestamp(void) { return AV_NOPTS_VALUE; }

// Hands a whole decoded frame to the resampler, which buffers it. Negative on failure.
static inline int cffmpeg_resampler_feed(SwrContext *resampler, const AVFrame *frame) {
    return swr_convert(resampler, NULL, 0, (void *)frame->extended_data, frame->nb_samples);
}

// Takes up to `capacity` samples of each of the interleaved channels that the resampler has ready. With `is_last` it
// gives up the rest that it holds back for the filter, after which nothing may be fed any more. Damaged floats become
// silence, overshoots are clipped to -1...1 as the usual conversion to 16 bits does. Returns the number of samples of
// each channel, negative on failure.
static inline int cffmpeg_resampler_read(
    SwrContext *resampler, float *out, int capacity, int channels, int is_last) {
    uint8_t *planes[1] = {(uint8_t *)out};
    const uint8_t *nothing[64] = {0};
    int count = swr_convert(resampler, planes, capacity, is_last ? NULL : (void *)nothing, 0);
    for (long index = 0; index < (long)count * channels; index++) {
        float sample = out[index];
        out[index] = !isfinite(sample) ? 0 : sample > 1 ? 1 : sample < -1 ? -1 : sample;
    }
    return count;
}
