#include <strata/wasm/instrument.hpp>
#include <strata/wasm/parser.hpp>

#include "target.hpp"

// Whatever is accepted comes out as a module, and generations 3 and 4 make the same of it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using strata::wasm::Generation;
    const strata::BytesView input(data, size);
    const auto current = strata::wasm::instrument(input, Generation::four);
    const auto before = strata::wasm::instrument(input, Generation::three);
    STRATA_CHECK(current.has_value() == before.has_value());
    if (current) STRATA_CHECK(gives(before, *current));
    const auto oldest = strata::wasm::instrument(input, Generation::two);
    for (const auto* out : {&current, &oldest}) {
        STRATA_CHECK(*out || !out->error().is_fatal());
        if (!*out) continue;
        const auto module = strata::wasm::parse(**out);
        // A further local may be one too many, a further import too.
        STRATA_CHECK(module || module.error().code() == strata::Errc::too_large);
    }
    return 0;
}
