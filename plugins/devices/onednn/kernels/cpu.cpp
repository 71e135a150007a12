// Which kernels this CPU runs: asked once, capped by ONEDNN_MAX_CPU_ISA as oneDNN's own are.
#include "kernels/cpu.h"

#include "kernels/conv_u8.h"
#include "kernels/values.h"

#include <cstdlib>
#include <string_view>

namespace octavo::onednn {

extern const ConvKernels kSse41Kernels;
extern const ConvKernels kAvx2Kernels;
extern const ValueKernels kSse41Values;
extern const ValueKernels kAvx2Values;

namespace {

Isa cap_from_environment() {
    const char* text = std::getenv("ONEDNN_MAX_CPU_ISA");
    const std::string_view cap = text ? text : "";
    if (cap == "SSE41" || cap == "AVX") return Isa::sse41;
    if (cap == "AVX2") return Isa::avx2;
    if (cap == "AVX2_VNNI" || cap == "AVX2_VNNI_2") return Isa::avx2_vnni;
    if (cap == "AVX512_CORE") return Isa::avx512;
    if (cap == "AVX512_CORE_VNNI" || cap == "AVX512_CORE_BF16" || cap == "AVX512_CORE_FP16") return Isa::avx512_vnni;
    return Isa::amx;
}

Isa detect() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("amx-int8")) return Isa::amx;
    if (__builtin_cpu_supports("avx512vnni")) return Isa::avx512_vnni;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return Isa::avx512;
    if (__builtin_cpu_supports("avxvnni")) return Isa::avx2_vnni;
    if (__builtin_cpu_supports("avx2")) return Isa::avx2;
    return Isa::sse41;
}

}  // namespace

bool has_sse41() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.1");
}

Isa cpu_isa() {
    static const Isa isa = std::min(detect(), cap_from_environment());
    return isa;
}

bool has_amx_bf16() {
    return cpu_isa() == Isa::amx && __builtin_cpu_supports("amx-bf16");
}

const char* isa_name(Isa isa) {
    constexpr const char* kNames[] = {"sse41", "avx2", "avx512_core", "avx2_vnni", "avx512_core_vnni", "avx512_core_amx"};
    return kNames[static_cast<int>(isa)];
}

const ConvKernels& conv_kernels() {
    return cpu_isa() >= Isa::avx2 ? kAvx2Kernels : kSse41Kernels;
}

const ValueKernels& value_kernels() {
    return cpu_isa() >= Isa::avx2 ? kAvx2Values : kSse41Values;
}

}  // namespace octavo::onednn
