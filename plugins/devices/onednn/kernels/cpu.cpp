// Which kernels this CPU runs: oneDNN is asked once, so that ours and its own are of one instruction set.
#include "kernels/cpu.h"

#include "kernels/conv_u8.h"
#include "kernels/functions.h"

#include <dnnl.hpp>

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>

namespace octavo::onednn {

extern const ConvKernels kSse41Kernels;
extern const ConvKernels kAvx2Kernels;
extern const ConvKernels kAvx512Kernels;
extern const ConvKernels kAvx512VnniKernels;
extern const ValueKernels kSse41Values;
extern const ValueKernels kAvx2Values;
extern const ValueKernels kAvx512Values;
extern const FunctionKernels kSse41Functions;
extern const FunctionKernels kAvx2Functions;
extern const FunctionKernels kAvx512Functions;

namespace {

struct IsaRow {
    const char* name;
    Isa isa;
    dnnl::cpu_isa dnnl;
};
// The first of a name is the cap that stands for it.
const IsaRow kRows[] = {{"sse41", Isa::sse41, dnnl::cpu_isa::sse41},
                        {"sse41", Isa::sse41, dnnl::cpu_isa::avx},
                        {"avx2", Isa::avx2, dnnl::cpu_isa::avx2},
                        {"avx512_core", Isa::avx512, dnnl::cpu_isa::avx512_core},
                        {"avx2_vnni", Isa::avx2_vnni, dnnl::cpu_isa::avx2_vnni},
                        {"avx2_vnni", Isa::avx2_vnni, dnnl::cpu_isa::avx2_vnni_2},
                        {"avx512_core_vnni", Isa::avx512_vnni, dnnl::cpu_isa::avx512_core_vnni},
                        {"avx512_core_vnni", Isa::avx512_vnni, dnnl::cpu_isa::avx512_core_bf16},
                        {"avx512_core_vnni", Isa::avx512_vnni, dnnl::cpu_isa::avx512_core_fp16},
                        {"avx512_core_amx", Isa::amx, dnnl::cpu_isa::avx512_core_amx},
                        {"avx512_core_amx", Isa::amx, dnnl::cpu_isa::avx512_core_amx_fp16}};

// oneDNN's values are sets of bits.
bool includes(dnnl::cpu_isa all, dnnl::cpu_isa part) {
    const auto bits = [](dnnl::cpu_isa isa) { return static_cast<unsigned>(isa); };
    return (bits(all) & bits(part)) == bits(part);
}

// The greatest that is part of oneDNN's: a later oneDNN knows more than these rows.
Isa effective_isa() {
    const dnnl::cpu_isa effective = dnnl::get_effective_cpu_isa();
    const auto rows = std::views::reverse(kRows);
    const auto row = std::ranges::find_if(rows, [&](const IsaRow& one) { return includes(effective, one.dnnl); });
    return row == std::ranges::end(rows) ? Isa::sse41 : row->isa;
}

}  // namespace

bool has_sse41() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.1");
}

Isa cpu_isa() {
    static const Isa isa = effective_isa();
    return isa;
}

Result<void> cap_isa(std::string_view name) {
    const IsaRow* wanted = std::ranges::find_if(kRows, [name](const IsaRow& row) { return row.name == name; });
    if (wanted == std::end(kRows)) return Error(Code::internal, "isa: found '" + std::string(name) + "'");
    dnnl::set_max_cpu_isa(wanted->dnnl);  // refused once any kernel was chosen
    const Isa runs = cpu_isa();
    if (runs == wanted->isa) return {};
    return Error(Code::config, "isa: found " + std::string(name) + ", but this process runs " + isa_name(runs) +
                                   ": expected one that the CPU has, and one a process");
}

bool has_bf16() {
    return includes(dnnl::get_effective_cpu_isa(), dnnl::cpu_isa::avx512_core_bf16);
}

const char* isa_name(Isa isa) {
    return std::ranges::find(kRows, isa, &IsaRow::isa)->name;
}

const ConvKernels& conv_kernels() {
    const Isa isa = cpu_isa();
    if (isa >= Isa::avx512_vnni) return kAvx512VnniKernels;
    if (isa == Isa::avx512) return kAvx512Kernels;
    return isa >= Isa::avx2 ? kAvx2Kernels : kSse41Kernels;
}

const ValueKernels& value_kernels() {
    const Isa isa = cpu_isa();
    if (isa == Isa::avx512 || isa >= Isa::avx512_vnni) return kAvx512Values;
    return isa >= Isa::avx2 ? kAvx2Values : kSse41Values;
}

const FunctionKernels& function_kernels() {
    const Isa isa = cpu_isa();
    if (isa == Isa::avx512 || isa >= Isa::avx512_vnni) return kAvx512Functions;
    return isa >= Isa::avx2 ? kAvx2Functions : kSse41Functions;
}

}  // namespace octavo::onednn
