#include <strata/wasm/own_counter.hpp>

#include <strata/wasm/encoder.hpp>
#include <strata/wasm/gas_metering.hpp>

namespace strata::wasm {
namespace {

bool is_counter(const Import& import) {
    return import.kind == ExternalKind::global && import.module == kGasModule;
}

Bytes imports_without_counter(const Module& module) {
    Bytes out;
    put_uvarint(out, module.imports.size() - 1);
    for (const auto& import : module.imports)
        if (!is_counter(import)) put_import(out, import);
    return out;
}

Bytes globals_with_counter(const Module& module) {
    Bytes out;
    put_uvarint(out, module.globals.size() + 1);
    Bytes zero;
    put_const(zero, Op::i64_const, 0);
    put_op(zero, Op::end);
    put_global(out,
               {.type = {ValueType::i64, true}, .value = {.op = Op::i64_const, .index = 0, .value = 0, .bytes = zero}});
    for (const auto& global : module.globals) put_global(out, global);
    return out;
}

Bytes exports_with_counter(const Module& module) {
    Bytes out;
    put_uvarint(out, module.exports.size() + 1);
    for (const auto& entry : module.exports) put_export(out, entry);
    put_export(out, {.name = kOwnCounter, .kind = ExternalKind::global, .index = 0});
    return out;
}

}  // namespace

bool can_own_counter(const Module& module) {
    return module.imported_globals == 1 && std::ranges::count_if(module.imports, is_counter) == 1 && !module.start &&
           !module.exports.empty() &&
           std::ranges::find(module.exports, kOwnCounter, &Export::name) == module.exports.end();
}

Bytes with_own_counter(const Module& module) {
    constexpr std::uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    Bytes out(std::begin(kHeader), std::end(kHeader));
    const bool has_globals = module.section(SectionId::global) != nullptr;
    for (const auto& section : module.sections) {
        // Globals stand in front of exports, of which there are some.
        if (section.id == SectionId::export_ && !has_globals)
            put_section(out, SectionId::global, globals_with_counter(module));
        if (section.id == SectionId::import) {
            put_section(out, section.id, imports_without_counter(module));
        } else if (section.id == SectionId::global) {
            put_section(out, section.id, globals_with_counter(module));
        } else if (section.id == SectionId::export_) {
            put_section(out, section.id, exports_with_counter(module));
        } else {
            put_section(out, section.id, section.content);
        }
    }
    return out;
}

}  // namespace strata::wasm
